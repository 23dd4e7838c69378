-- $1 how far back, in seconds. Only what became due lately, and since the lane's lower bound:
-- find_stranded looks at the rest, less often. A lane that is blocked is woken for when it may go on. A
-- disabled one with a test is woken wherever it stands.
WITH due AS MATERIALIZED (
    SELECT DISTINCT l.organisation_id, l.webhook_id
    FROM export_jobs j
    JOIN lanes l ON l.organisation_id = j.organisation_id AND l.webhook_id = j.webhook_id
    WHERE j.attempt_id IS NULL AND j.stop_after_attempt IS NULL
      AND j.run_at > now() - make_interval(secs => $1) AND j.run_at <= now()
      AND l.deleted_at IS NULL
      AND (l.disabled_at IS NULL AND l.next_run_at > greatest(now(), l.blocked_until)
               AND j.run_at >= l.due_from
           OR l.disabled_at IS NOT NULL
               AND (l.next_run_at > now() OR l.next_run_at < now() - interval '1 second'))
), parked AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id
    FROM lanes l
    WHERE (l.organisation_id, l.webhook_id) IN (SELECT organisation_id, webhook_id FROM due)
    ORDER BY l.organisation_id, l.webhook_id
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE lanes l
SET next_run_at = CASE WHEN l.disabled_at IS NULL THEN greatest(now(), l.blocked_until) ELSE now() END,
    due_from = CASE WHEN l.disabled_at IS NULL THEN l.due_from ELSE 'epoch' END
FROM parked
WHERE l.organisation_id = parked.organisation_id AND l.webhook_id = parked.webhook_id
