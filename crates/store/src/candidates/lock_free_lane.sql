-- $1 organisation, $2 webhook. No row: somebody else has the lane just now.
SELECT l.deleted_at
FROM lanes l
WHERE l.organisation_id = $1 AND l.webhook_id = $2
FOR NO KEY UPDATE SKIP LOCKED
