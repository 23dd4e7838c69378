-- One array per column of a batch of attempts, in the order of `seen`; what the log copies of the
-- export is read here, by key
INSERT INTO attempts (
    organisation_id, id, export_id, webhook_id, webhook_name, host, requested_by_id,
    attempt_number, outcome, ambiguous, http_status, started_at, duration_ms,
    dns_ms, connect_ms, first_byte_ms, request_bytes_sent, payload_bytes, payload_sha256,
    response_headers, response_body, response_truncated, response_too_large, facts,
    resolved_address, next_attempt_at, worker)
SELECT seen.organisation_id, seen.id, seen.export_id, e.webhook_id, e.webhook_name, e.host,
       e.requested_by_id, seen.attempt_number, seen.outcome, seen.ambiguous, seen.http_status,
       seen.started_at, seen.duration_ms, seen.dns_ms, seen.connect_ms, seen.first_byte_ms,
       seen.request_bytes_sent, e.payload_bytes, e.payload_sha256, seen.response_headers::jsonb,
       CASE WHEN e.bodies_dropped_at IS NULL THEN seen.response_body END,
       seen.response_truncated, seen.response_too_large, seen.facts::jsonb,
       seen.resolved_address, seen.next_attempt_at, seen.worker
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::text[], $6::boolean[], $7::smallint[],
    $8::timestamptz[], $9::integer[], $10::integer[], $11::integer[], $12::integer[],
    $13::integer[], $14::text[], $15::bytea[], $16::boolean[], $17::boolean[], $18::text[],
    $19::text[], $20::timestamptz[], $21::text[])
    AS seen (
        organisation_id, id, export_id, attempt_number, outcome, ambiguous, http_status,
        started_at, duration_ms, dns_ms, connect_ms, first_byte_ms, request_bytes_sent,
        response_headers, response_body, response_truncated, response_too_large, facts,
        resolved_address, next_attempt_at, worker)
CROSS JOIN LATERAL (
    SELECT e.webhook_id, e.webhook_name, e.host, e.requested_by_id, e.payload_bytes,
           e.payload_sha256, e.bodies_dropped_at
    FROM exports e
    WHERE e.organisation_id = seen.organisation_id AND e.id = seen.export_id
    OFFSET 0) e
