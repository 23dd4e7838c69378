-- What a replaced webhook leaves. $1 organisation, $2 webhook, $3 since when failed ones go on, or null for
-- all whose data is kept; whether they do ($4), and whether what waits does ($5). Tests stay behind. Failed
-- ones are looked up by how exports ended: most were delivered.
WITH failed AS MATERIALIZED (
    SELECT e.id, coalesce(e.payload_kept_until > now(), false) AS kept
    FROM export_ends x
    CROSS JOIN LATERAL (
        SELECT * FROM exports
        WHERE organisation_id = x.organisation_id AND id = x.export_id OFFSET 0
    ) e
    WHERE $4 AND x.organisation_id = $1 AND x.end_state = 'failed' AND e.webhook_id = $2
      AND e.end_state = 'failed' AND e.type = 'candidates' AND e.continued_as IS NULL
      AND ($3::timestamptz IS NULL AND e.payload_kept_until > now() OR e.finished_at >= $3)
), job AS MATERIALIZED (
    SELECT j.export_id AS id, j.attempt_id IS NOT NULL AS sending,
           $5 AND e.type = 'candidates'
               AND (j.attempt_id IS NULL OR j.stop_after_attempt IS NULL
                    OR j.stop_after_attempt IN ('restriction', 'erasure')) AS goes_on
    FROM export_jobs j
    CROSS JOIN LATERAL (
        SELECT type FROM exports
        WHERE organisation_id = j.organisation_id AND id = j.export_id OFFSET 0
    ) e
    WHERE j.organisation_id = $1 AND j.webhook_id = $2
), promised AS MATERIALIZED (
    -- What it was still to take over itself, by the rules of the sweep (queue/carry_over.rs).
    SELECT c.export_id AS id, c.stood, e.kept,
           CASE WHEN c.stood = 'failed' THEN $4 AND coalesce(e.finished_at >= $3, true) ELSE $5 END
               AS asked_for
    FROM carry_overs c
    CROSS JOIN LATERAL (
        SELECT finished_at, end_state IS NULL OR coalesce(payload_kept_until > now(), false) AS kept
        FROM exports
        WHERE organisation_id = c.organisation_id AND id = c.export_id
          AND first_accepted_at IS NULL AND end_state IS DISTINCT FROM 'delivered'
          AND continued_as IS NULL AND ended_by IS DISTINCT FROM 'member' OFFSET 0
    ) e
    WHERE c.organisation_id = $1 AND c.webhook_id = $2
)
