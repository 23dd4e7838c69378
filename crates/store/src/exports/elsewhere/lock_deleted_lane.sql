-- $1 organisation, $2 export. The lane of a deleted webhook, while the export waits in it: when the webhook
-- was deleted. Lanes first, as everywhere.
SELECT l.deleted_at
FROM export_jobs j
JOIN lanes l ON l.organisation_id = $1 AND l.webhook_id = j.webhook_id
WHERE j.organisation_id = $1 AND j.export_id = $2 AND j.attempt_id IS NULL
  AND l.deleted_at IS NOT NULL
FOR NO KEY UPDATE OF l
