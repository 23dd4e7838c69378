-- What may change in a row are its late_* alone: the fingerprint is of all else.
SELECT organisation_id, id, export_id, webhook_id, attempt_number, outcome, ambiguous, http_status,
       started_at, duration_ms, next_attempt_at, late_outcome, late_http_status,
       hashtextextended(
           (to_jsonb(a) - 'late_outcome' - 'late_http_status' - 'late_recorded_at')::text, 0)
           AS fingerprint
FROM attempts a
ORDER BY export_id, attempt_number
