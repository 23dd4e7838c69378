-- $1 most leases. Lanes that are locked just now are passed over, and looked at again in a second:
-- else a worker that froze in the middle of a transaction would keep the jobs of all lanes waiting.
WITH free AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id
    FROM lanes l
    WHERE (l.organisation_id, l.webhook_id) IN (
        SELECT j.organisation_id, j.webhook_id FROM export_jobs j
        WHERE j.attempt_id IS NOT NULL AND j.lease_until < clock_timestamp())
    ORDER BY l.organisation_id, l.webhook_id
    FOR NO KEY UPDATE SKIP LOCKED
)
SELECT j.organisation_id, j.export_id, j.webhook_id, j.attempt_id, j.attempt_number,
       j.schedule_position, j.ambiguous_count, j.enqueued_at, j.started_at, j.payload_bytes,
       j.worker, extract(epoch FROM clock_timestamp() - j.started_at)::float8 AS elapsed_s
FROM free
JOIN export_jobs j USING (organisation_id, webhook_id)
WHERE j.attempt_id IS NOT NULL AND j.lease_until < clock_timestamp()
LIMIT $1
