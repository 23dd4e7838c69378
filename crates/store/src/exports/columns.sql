SELECT e.organisation_id, e.id, e.type AS kind, e.webhook_id, e.webhook_name, e.host,
       e.vacancy_id, e.vacancy_title, e.requested_by_type, e.requested_by_id,
       e.requested_by_name, e.requested_by_email, e.requested_at, e.candidate_count,
       e.payload_bytes, e.payload_sha256, e.payload_kept_until, e.ended_by, e.outcome,
       e.ambiguous, e.finished_at,
       coalesce(j.attempt_number, e.attempt_count) AS attempt_count,
       export_status(e.end_state, e.attempt_count, j.attempt_id, j.attempt_number) AS status,
       CASE WHEN j.attempt_id IS NULL THEN j.run_at END AS next_attempt_at,
       j.stop_after_attempt IS NOT NULL AS stopping
