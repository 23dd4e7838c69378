-- $1 the worker that asks
SELECT j.organisation_id, w.host, count(*)
FROM export_jobs j
JOIN webhooks w ON w.organisation_id = j.organisation_id AND w.id = j.webhook_id
WHERE j.attempt_id IS NOT NULL AND j.worker <> $1
GROUP BY j.organisation_id, w.host
