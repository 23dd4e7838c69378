-- $1 most jobs
SELECT j.organisation_id, j.export_id, j.webhook_id
FROM export_jobs j
WHERE j.stop_after_attempt = 'restriction' AND j.attempt_id IS NULL
LIMIT $1
