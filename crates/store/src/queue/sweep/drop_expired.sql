-- $1 most jobs, $2 deadline in seconds. Ids carry their time, so that each organisation's overdue jobs are
-- at the start of the primary key; a resent export is old by its id but not by its enqueued_at. No
-- organisation takes more than a tenth, so that others have their turn, too. What waited for a webhook
-- that was deleted has come to another end.
WITH overdue AS MATERIALIZED (
    SELECT j.organisation_id, j.export_id, j.webhook_id
    FROM organisations o CROSS JOIN LATERAL (
        SELECT j.organisation_id, j.export_id, j.webhook_id
        FROM export_jobs j
        WHERE j.organisation_id = o.id
          AND j.export_id < uuid_v7_floor(now() - make_interval(secs => $2))
          AND j.attempt_id IS NULL AND j.enqueued_at < now() - make_interval(secs => $2)
        LIMIT $1::bigint / 10
    ) j
    LIMIT $1
), lane AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id
    FROM lanes l
    WHERE (l.organisation_id, l.webhook_id) IN (SELECT organisation_id, webhook_id FROM overdue)
      AND l.deleted_at IS NULL
    ORDER BY l.organisation_id, l.webhook_id
    FOR NO KEY UPDATE SKIP LOCKED
)
DELETE FROM export_jobs j
USING overdue JOIN lane USING (organisation_id, webhook_id)
WHERE j.organisation_id = overdue.organisation_id AND j.export_id = overdue.export_id
  AND j.attempt_id IS NULL
RETURNING j.organisation_id, j.export_id, j.webhook_id, j.attempt_number, j.ambiguous_count
