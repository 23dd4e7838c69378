-- One array per column of a batch of attempts, in the order below
INSERT INTO attempts (
    organisation_id, id, export_id, webhook_id, webhook_name, host, requested_by_id,
    attempt_number, outcome, ambiguous, http_status, started_at, duration_ms,
    dns_ms, connect_ms, first_byte_ms, request_bytes_sent, payload_bytes, payload_sha256,
    response_headers, response_body, response_truncated, response_too_large, facts,
    resolved_address, next_attempt_at, worker)
SELECT seen.*
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
    $8::integer[], $9::text[], $10::boolean[], $11::smallint[], $12::timestamptz[], $13::integer[],
    $14::integer[], $15::integer[], $16::integer[], $17::integer[], $18::integer[], $19::bytea[],
    $20::jsonb[], $21::bytea[], $22::boolean[], $23::boolean[], $24::jsonb[],
    $25::text[], $26::timestamptz[], $27::text[]) AS seen
