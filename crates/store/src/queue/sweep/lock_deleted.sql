-- $1 most lanes. Those of deleted webhooks where something waits, by turns.
SELECT l.organisation_id, l.webhook_id, l.deleted_at AS since
FROM lanes l
WHERE l.deleted_at IS NOT NULL
  AND EXISTS (
      SELECT FROM export_jobs j
      WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
        AND j.attempt_id IS NULL)
ORDER BY l.last_claimed_at, l.organisation_id, l.webhook_id
LIMIT $1
FOR NO KEY UPDATE OF l SKIP LOCKED
