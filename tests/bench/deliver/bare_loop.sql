CREATE PROCEDURE bare_loop() LANGUAGE plpgsql AS $$
DECLARE
    claimed uuid[];
BEGIN
    LOOP
        WITH due AS MATERIALIZED (
            SELECT organisation_id, export_id FROM export_jobs
            WHERE attempt_id IS NULL LIMIT 256 FOR UPDATE SKIP LOCKED
        ), leased AS (
            UPDATE export_jobs j
            SET attempt_id = uuid_v7(), started_at = now(), lease_until = now() + interval '30 s', worker = 'bare'
            FROM due WHERE j.organisation_id = due.organisation_id AND j.export_id = due.export_id
            RETURNING j.export_id)
        SELECT array_agg(export_id) INTO claimed FROM leased;
        COMMIT;
        EXIT WHEN claimed IS NULL;
        WITH done AS (
            DELETE FROM export_jobs WHERE export_id = ANY (claimed)
            RETURNING organisation_id, export_id, webhook_id, attempt_id, started_at, payload_bytes
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
