SELECT organisation_id, export_id, webhook_id, attempt_id, attempt_number, schedule_position,
       ambiguous_count, enqueued_at, started_at, payload_bytes, worker,
       extract(epoch FROM clock_timestamp() - started_at)::float8 AS elapsed_s
FROM export_jobs
WHERE attempt_id IS NOT NULL AND lease_until < clock_timestamp()
LIMIT $1
