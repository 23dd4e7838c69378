-- $1 organisations and $2 webhooks of locked lanes that were swept: to the back, and parked for good
-- where nothing waits. That is sure: this statement's view is newer than the locks, and whoever adds a
-- job waits for them before it looks whether the lane must be made due.
UPDATE lanes l
SET last_claimed_at = now(),
    next_run_at = CASE WHEN EXISTS (
        SELECT FROM export_jobs j
        WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
          AND j.attempt_id IS NULL) THEN l.next_run_at ELSE 'infinity' END
FROM unnest($1::uuid[], $2::uuid[]) AS swept (organisation_id, webhook_id)
WHERE l.organisation_id = swept.organisation_id AND l.webhook_id = swept.webhook_id
