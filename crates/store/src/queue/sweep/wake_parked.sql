-- Only what is due since the lane's lower bound: find_stranded looks below it, less often. A disabled
-- lane with a test is woken wherever it stands: claims look for no disabled lane that was due long ago.
WITH parked AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id
    FROM lanes l
    WHERE l.next_run_at > now() AND l.blocked_until <= now() AND l.disabled_at IS NULL
      AND EXISTS (
          SELECT FROM export_jobs j
          WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
            AND j.attempt_id IS NULL AND j.run_at >= l.due_from AND j.run_at <= now())
       OR l.disabled_at IS NOT NULL
      AND EXISTS (
          SELECT FROM export_jobs j
          JOIN exports e ON e.organisation_id = j.organisation_id AND e.id = j.export_id
          WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
            AND j.attempt_id IS NULL AND j.attempt_number = 0 AND e.type = 'test')
    ORDER BY l.organisation_id, l.webhook_id
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE lanes l SET next_run_at = now(), due_from = CASE WHEN l.disabled_at IS NULL THEN l.due_from ELSE 'epoch' END
FROM parked
WHERE l.organisation_id = parked.organisation_id AND l.webhook_id = parked.webhook_id
