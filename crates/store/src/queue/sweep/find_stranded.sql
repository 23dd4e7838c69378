-- The first waiting job of each lane: due before the lane's lower bound, or due while the lane is
-- parked; or there at all, though a disabled lane is parked for good.
WITH stranded AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id
    FROM lanes l
    CROSS JOIN LATERAL (
        SELECT j.run_at FROM export_jobs j
        WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
          AND j.attempt_id IS NULL
        ORDER BY j.run_at
        LIMIT 1
    ) first
    WHERE l.deleted_at IS NULL
      AND (l.disabled_at IS NULL
               AND (first.run_at < l.due_from
                    OR first.run_at <= now() AND l.next_run_at > greatest(now(), l.blocked_until))
           OR l.disabled_at IS NOT NULL AND l.next_run_at = 'infinity')
    ORDER BY l.organisation_id, l.webhook_id
    FOR NO KEY UPDATE OF l SKIP LOCKED
)
UPDATE lanes l SET next_run_at = greatest(now(), CASE WHEN l.disabled_at IS NULL THEN l.blocked_until END), due_from = 'epoch'
FROM stranded
WHERE l.organisation_id = stranded.organisation_id AND l.webhook_id = stranded.webhook_id
