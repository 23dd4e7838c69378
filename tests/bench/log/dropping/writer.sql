DROP TABLE IF EXISTS seed.written;
CREATE TABLE seed.written (commits bigint, worst_ms float8);
DO $$
DECLARE
    until timestamptz := clock_timestamp() + interval '{seconds} seconds';
    started timestamptz;
    worst interval := '0';
    commits bigint := 0;
BEGIN
    WHILE clock_timestamp() < until LOOP
        started := clock_timestamp();
        INSERT INTO attempts (organisation_id, id, export_id, webhook_id, webhook_name, host, requested_by_id,
            attempt_number, outcome, ambiguous, http_status, started_at, duration_ms, request_bytes_sent,
            payload_bytes, payload_sha256, response_headers, response_truncated, response_too_large, facts, worker)
        SELECT organisation_id, uuid_v7(), uuid_v7(), id, name, host, 'writer', 1, 'delivered', false, 200, now(),
            1, 2222, 2222, '\x', '{}', false, false, '{}', 'writer'
        FROM webhooks LIMIT 1;
        COMMIT;
        worst := greatest(worst, clock_timestamp() - started);
        commits := commits + 1;
    END LOOP;
    INSERT INTO seed.written VALUES (commits, extract(epoch FROM worst) * 1000);
END
$$;
SELECT commits, worst_ms FROM seed.written;
