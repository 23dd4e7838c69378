-- The exports of what a log without `from` shows; older ones cost a look-up by key just the same.
INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, requested_by_type, requested_by_id,
    requested_by_name, requested_by_email, requested_at, candidate_count, payload_bytes, payload_sha256,
    end_state, ended_by, outcome, attempt_count, finished_at)
SELECT organisation_id, export_id, 'candidates', webhook_id, webhook_name, host, 'member', requested_by_id,
    'Rita', replace(requested_by_id, 'auth0|', '') || '@example.com', started_at, 1, payload_bytes, payload_sha256,
    'delivered', 'receiver', 'delivered', 1, started_at
FROM attempts
WHERE attempt_number = 1 AND id >= uuid_v7_floor(now() - interval '31 days');
