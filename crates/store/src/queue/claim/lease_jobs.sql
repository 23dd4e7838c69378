-- $1 organisations, $2 exports, $3 lease in seconds, $4 worker, $5 most bytes of a small payload. The
-- ids of the attempts are made here: from the commit on their requests may leave.
WITH leased AS (
    UPDATE export_jobs j
    SET attempt_id = uuid_v7(), started_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => $3), worker = $4,
        attempt_number = j.attempt_number + 1
    FROM unnest($1::uuid[], $2::uuid[]) AS chosen (organisation_id, export_id)
    WHERE j.organisation_id = chosen.organisation_id AND j.export_id = chosen.export_id
      AND j.attempt_id IS NULL
    RETURNING j.organisation_id, j.export_id, j.webhook_id, j.attempt_id, j.attempt_number,
              j.schedule_position, j.ambiguous_count, j.enqueued_at, j.started_at, j.payload_bytes
)
SELECT leased.organisation_id, leased.export_id, leased.webhook_id, leased.attempt_id,
       leased.attempt_number, leased.schedule_position, leased.ambiguous_count,
       leased.enqueued_at, leased.started_at, leased.payload_bytes, p.body
FROM leased
LEFT JOIN export_payloads p
    ON p.organisation_id = leased.organisation_id AND p.export_id = leased.export_id
   AND leased.payload_bytes <= $5::bigint
