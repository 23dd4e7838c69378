-- What a replaced webhook leaves. $1 organisation, $2 webhook, $3 since when failed ones go on, or null for
-- all whose data is kept; whether they do ($4), and whether what waits does ($5). Tests stay behind.
WITH failed AS MATERIALIZED (
    SELECT e.id, coalesce(e.payload_kept_until > now(), false) AS kept
    FROM exports e
    WHERE $4 AND e.organisation_id = $1 AND e.webhook_id = $2
      AND e.end_state = 'failed' AND e.type = 'candidates' AND e.continued_as IS NULL
      AND ($3::timestamptz IS NULL AND e.payload_kept_until > now() OR e.finished_at >= $3)
), job AS MATERIALIZED (
    SELECT j.export_id AS id, j.attempt_id IS NOT NULL AS sending,
           $5 AND e.type = 'candidates'
               AND (j.attempt_id IS NULL OR j.stop_after_attempt IS NULL
                    OR j.stop_after_attempt = 'restriction') AS goes_on
    FROM export_jobs j
    CROSS JOIN LATERAL (
        SELECT type FROM exports
        WHERE organisation_id = j.organisation_id AND id = j.export_id OFFSET 0
    ) e
    WHERE j.organisation_id = $1 AND j.webhook_id = $2
)
