sum(c.counted) AS counted, sum(c.affected) AS affected, min(c.first_at) AS first_at,
max(c.last_at) AS last_at, max(c.newest) AS newest
FROM (
