-- $1 organisations and $2 webhooks of locked lanes, $3 most jobs: the first of each lane, then the second
-- of each, and so on.
WITH waiting AS MATERIALIZED (
    SELECT j.organisation_id, j.export_id
    FROM unnest($1::uuid[], $2::uuid[]) AS lane (organisation_id, webhook_id)
    CROSS JOIN LATERAL (
        SELECT j.organisation_id, j.export_id, row_number() OVER () AS turn
        FROM export_jobs j
        WHERE j.organisation_id = lane.organisation_id AND j.webhook_id = lane.webhook_id
          AND j.attempt_id IS NULL
        LIMIT $3
    ) j
    ORDER BY j.turn
    LIMIT $3
)
DELETE FROM export_jobs j USING waiting
WHERE j.organisation_id = waiting.organisation_id AND j.export_id = waiting.export_id
RETURNING j.organisation_id, j.export_id, j.webhook_id, j.attempt_number, j.ambiguous_count
