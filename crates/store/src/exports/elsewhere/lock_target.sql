-- $1 organisation, $2 webhook. A deletion waits for this lock, or is seen here; a disabling is not waited
-- for: what slips by is ended by its sweep.
SELECT w.include,
       (SELECT l.disabled_at FROM lanes l WHERE l.organisation_id = $1 AND l.webhook_id = $2)
           AS disabled_at,
       (SELECT l.disabled_reason FROM lanes l WHERE l.organisation_id = $1 AND l.webhook_id = $2)
           AS disabled_reason
FROM webhooks w
WHERE w.organisation_id = $1 AND w.id = $2 AND w.deleted_at IS NULL
FOR KEY SHARE OF w
