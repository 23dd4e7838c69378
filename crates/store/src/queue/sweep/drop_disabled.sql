-- $1 most jobs, all of one lane. A test that was not tried yet is no reason to come here, and stays.
WITH lane AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id
    FROM lanes l
    WHERE l.disabled_at IS NOT NULL
      AND EXISTS (
          SELECT FROM export_jobs j
          WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
            AND j.attempt_id IS NULL
            AND (j.attempt_number > 0 OR NOT EXISTS (
                SELECT FROM exports e
                WHERE e.organisation_id = j.organisation_id AND e.id = j.export_id
                  AND e.type = 'test')))
    ORDER BY l.organisation_id, l.webhook_id
    LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
), waiting AS MATERIALIZED (
    SELECT j.organisation_id, j.export_id
    FROM lane JOIN export_jobs j USING (organisation_id, webhook_id)
    WHERE j.attempt_id IS NULL
      AND (j.attempt_number > 0 OR NOT EXISTS (
          SELECT FROM exports e
          WHERE e.organisation_id = j.organisation_id AND e.id = j.export_id AND e.type = 'test'))
    LIMIT $1
    FOR UPDATE OF j
)
DELETE FROM export_jobs j USING waiting
WHERE j.organisation_id = waiting.organisation_id AND j.export_id = waiting.export_id
RETURNING j.organisation_id, j.export_id, j.attempt_number, j.ambiguous_count
