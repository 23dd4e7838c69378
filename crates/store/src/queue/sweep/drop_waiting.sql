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
