-- $1 most rows. What is on the wire finishes first, and what waited is ended by another sweep first. By
-- key, from the few rows that there are to the jobs, whatever the statistics say.
SELECT c.organisation_id, c.export_id, c.webhook_id
FROM carry_overs c
LEFT JOIN LATERAL (
    SELECT true AS there FROM export_jobs
    WHERE organisation_id = c.organisation_id AND export_id = c.export_id OFFSET 0
) job ON true
WHERE job.there IS NULL
ORDER BY c.organisation_id, c.export_id
LIMIT $1
