AS organisations, min(p.first_at) AS first_at,
max(p.last_at) AS last_at, max(p.newest || ' ' || p.organisation_id::text) AS newest
FROM (
