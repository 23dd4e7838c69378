-- The jobs in batches of 256, chosen beforehand: a bare loop must not walk what it has left behind.
CREATE TABLE batches AS
SELECT organisation_id, export_id, (row_number() OVER (ORDER BY export_id) - 1) / 256 AS batch
FROM export_jobs;
CREATE INDEX ON batches (batch);

CREATE PROCEDURE bare_loop() LANGUAGE plpgsql AS $$
DECLARE
    last bigint := (SELECT max(batch) FROM batches);
BEGIN
    FOR n IN 0..last LOOP
        UPDATE export_jobs j
        SET attempt_id = uuid_v7(), started_at = now(), lease_until = now() + interval '30 s', worker = 'bare'
        FROM batches b
        WHERE b.batch = n AND j.organisation_id = b.organisation_id AND j.export_id = b.export_id;
        COMMIT;
        WITH done AS (
            DELETE FROM export_jobs j USING batches b
            WHERE b.batch = n AND j.organisation_id = b.organisation_id AND j.export_id = b.export_id
            RETURNING j.organisation_id, j.export_id, webhook_id, attempt_id, started_at, payload_bytes
        ), logged AS (
            INSERT INTO attempts (organisation_id, id, export_id, webhook_id, webhook_name, host, requested_by_id,
                attempt_number, outcome, ambiguous, http_status, started_at, duration_ms, request_bytes_sent,
                payload_bytes, payload_sha256, response_headers, response_truncated, response_too_large, facts, worker)
            SELECT organisation_id, attempt_id, export_id, webhook_id, 'bare', 'host', 'nobody', 1, 'delivered', false,
                200, started_at, 1, payload_bytes, payload_bytes, '\x', '{}', false, false, '{}', 'bare'
            FROM done)
        UPDATE exports e
        SET end_state = 'delivered', ended_by = 'receiver', outcome = 'delivered', attempt_count = 1,
            finished_at = now(), payload_kept_until = now() + interval '72 hours'
        FROM done WHERE e.organisation_id = done.organisation_id AND e.id = done.export_id;
        COMMIT;
    END LOOP;
END
$$;
