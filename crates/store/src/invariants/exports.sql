SELECT organisation_id, id, webhook_id, end_state, outcome, ambiguous, attempt_count, payload_sha256, finished_at
FROM exports
