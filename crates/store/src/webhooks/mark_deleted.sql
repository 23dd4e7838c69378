-- $1 organisation, $2 webhook; it and its lane are locked. From here on nothing is claimed of the lane,
-- and what waits has ended.
WITH mark AS MATERIALIZED (
    SELECT clock_timestamp() AS deleted_at
), webhook AS (
    UPDATE webhooks SET deleted_at = mark.deleted_at
    FROM mark
    WHERE organisation_id = $1 AND id = $2
), lane AS (
    UPDATE lanes SET deleted_at = mark.deleted_at, next_run_at = 'infinity'
    FROM mark
    WHERE organisation_id = $1 AND webhook_id = $2
)
SELECT mark.deleted_at, (
           SELECT count(*) FROM export_jobs j
           WHERE j.organisation_id = $1 AND j.webhook_id = $2 AND j.attempt_id IS NULL) AS waiting
FROM mark
