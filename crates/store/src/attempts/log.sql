-- Attempts that came to an end; what receivers answered follows, for those who read it.
SELECT a.organisation_id, a.id, a.export_id, a.webhook_id, a.webhook_name, a.host,
       a.requested_by_id, a.attempt_number, a.outcome, a.ambiguous, a.http_status, a.started_at,
       a.duration_ms, a.dns_ms, a.connect_ms, a.first_byte_ms, a.request_bytes_sent,
       a.payload_bytes, a.payload_sha256, a.response_headers,
       a.response_truncated, a.response_too_large, a.facts, a.resolved_address, a.worker,
       a.next_attempt_at, a.late_outcome, a.late_http_status, a.late_recorded_at,
