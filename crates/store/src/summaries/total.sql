p.day, sum(p.counted)::bigint AS counted, sum(p.affected)::bigint AS affected,
count(DISTINCT p.organisation_id) AS organisations, min(p.first_at) AS first_at,
max(p.last_at) AS last_at, max(p.newest || ' ' || p.organisation_id::text) AS newest
FROM (
