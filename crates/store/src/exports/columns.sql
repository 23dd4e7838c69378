SELECT e.organisation_id, e.id, e.type AS kind, e.webhook_id, e.webhook_name, e.host,
       e.vacancy_id, e.vacancy_title, e.requested_by_type, e.requested_by_id,
       e.requested_by_name, e.requested_by_email, e.requested_at, e.candidate_count,
       e.payload_bytes, e.payload_sha256, e.payload_kept_until, e.ended_by, e.outcome,
       (e.ambiguous OR coalesce(j.ambiguous_count, 0) > 0) AND e.first_accepted_at IS NULL
           AND e.end_state IS DISTINCT FROM 'delivered' AS ambiguous,
       coalesce(e.first_accepted_at, CASE WHEN e.end_state = 'delivered' THEN e.finished_at END)
           AS first_accepted_at,
       e.finished_at, e.resent_from, e.left_out, e.continued_as,
       coalesce(j.attempt_number, e.attempt_count) AS attempt_count,
       export_status(e.end_state, e.attempt_count, j.attempt_id, j.attempt_number) AS status,
       CASE WHEN j.attempt_id IS NULL THEN greatest(
           j.run_at, CASE WHEN l.disabled_at IS NULL THEN l.blocked_until END) END
           AS next_attempt_at,
       CASE WHEN j.attempt_id IS NULL AND l.disabled_at IS NULL
             AND (l.blocked_until > now() OR l.cap = 1)
           THEN l.blocked_until END
           AS paused_until,
       coalesce(l.asked_until >= l.blocked_until AND l.asked_until > now(), false)
           AS asked_to_wait,
       coalesce(j.stop_after_attempt IN ('member', 'webhook_deleted'), false) AS stopping
