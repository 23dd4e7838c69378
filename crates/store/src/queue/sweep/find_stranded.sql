WITH stranded AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id
    FROM lanes l
    WHERE l.disabled_at IS NULL
      AND EXISTS (
          SELECT FROM export_jobs j
          WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
            AND j.attempt_id IS NULL AND j.run_at < l.due_from)
    ORDER BY l.organisation_id, l.webhook_id
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE lanes l SET next_run_at = now(), due_from = 'epoch'
FROM stranded
WHERE l.organisation_id = stranded.organisation_id AND l.webhook_id = stranded.webhook_id
