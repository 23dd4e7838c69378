-- $1 most lanes. Disabled ones that are not parked for good. They take turns, so that one with many jobs
-- does not keep the others waiting.
SELECT l.organisation_id, l.webhook_id, l.disabled_at AS since
FROM lanes l
WHERE l.disabled_at IS NOT NULL AND l.next_run_at < 'infinity' AND l.deleted_at IS NULL
ORDER BY l.last_claimed_at, l.organisation_id, l.webhook_id
LIMIT $1
FOR NO KEY UPDATE SKIP LOCKED
