SELECT e.organisation_id, e.id, e.type AS kind, e.webhook_id, e.webhook_name,
       (SELECT w.deleted_at FROM webhooks w
         WHERE w.organisation_id = e.organisation_id AND w.id = e.webhook_id)
           AS webhook_deleted_at, e.host,
       e.vacancy_id, e.vacancy_title, e.requested_by_type, e.requested_by_id,
       e.requested_by_name, e.requested_by_email, e.requested_at, e.candidate_count,
       e.payload_bytes, e.payload_sha256,
       -- Past it they are gone, whether or not the sweep was there.
       -- What the deletion of its webhook ended is told so before the sweep writes it: cancelled.
       CASE WHEN l.deleted_at IS NOT NULL AND j.attempt_id IS NULL
                THEN l.deleted_at + interval '24 hours'
            WHEN e.payload_kept_until > now() THEN e.payload_kept_until END AS payload_kept_until,
       CASE WHEN l.deleted_at IS NOT NULL AND j.attempt_id IS NULL THEN 'webhook_deleted'
            ELSE e.ended_by END AS ended_by,
       CASE WHEN l.deleted_at IS NOT NULL AND j.attempt_id IS NULL THEN (
           SELECT a.outcome FROM attempts a
            WHERE a.organisation_id = e.organisation_id AND a.export_id = e.id
              AND a.attempt_number = j.attempt_number)
            ELSE e.outcome END AS outcome,
       (e.ambiguous OR coalesce(j.ambiguous_count, 0) > 0) AND e.first_accepted_at IS NULL
           AND e.end_state IS DISTINCT FROM 'delivered' AS ambiguous,
       coalesce(e.first_accepted_at, CASE WHEN e.end_state = 'delivered' THEN e.finished_at END)
           AS first_accepted_at,
       CASE WHEN l.deleted_at IS NOT NULL AND j.attempt_id IS NULL THEN l.deleted_at
            ELSE e.finished_at END AS finished_at,
       e.resent_from, e.left_out, e.left_out_withdrawn, e.left_out_erased, e.continued_as,
       -- Where that one went to another webhook, which has these people or may have them.
       (SELECT o.host FROM exports o
         WHERE o.organisation_id = e.organisation_id AND o.id = e.resent_from
           AND o.webhook_id <> e.webhook_id
           AND (o.ambiguous OR o.first_accepted_at IS NOT NULL OR o.end_state = 'delivered'))
           AS elsewhere_host,
       coalesce((SELECT o.first_accepted_at IS NOT NULL OR o.end_state = 'delivered' FROM exports o
         WHERE o.organisation_id = e.organisation_id AND o.id = e.resent_from), false)
           AS elsewhere_accepted,
       (SELECT f.flags FROM export_flags f
         WHERE f.organisation_id = e.organisation_id AND f.export_id = e.id) AS flags,
       coalesce(j.attempt_number, e.attempt_count) AS attempt_count,
       export_status(
           coalesce(e.end_state, end_with_webhook(l.deleted_at, j.attempt_id, e.first_accepted_at)),
           e.attempt_count, j.attempt_id, j.attempt_number) AS status,
       -- Nothing but the one request of a test goes to a disabled webhook: the sweep ends the rest.
       CASE WHEN j.attempt_id IS NULL AND l.deleted_at IS NULL
                 AND (l.disabled_at IS NULL OR e.type = 'test' AND j.attempt_number = 0)
           THEN greatest(
               j.run_at, CASE WHEN l.disabled_at IS NULL THEN l.blocked_until END) END
           AS next_attempt_at,
       -- A resend waits for another instant.
       CASE WHEN j.run_at = e.held_until AND j.run_at > now() AND j.attempt_id IS NULL
                 AND l.deleted_at IS NULL AND l.disabled_at IS NULL
           THEN j.run_at END AS held_until,
       CASE WHEN j.attempt_id IS NULL AND l.disabled_at IS NULL AND l.deleted_at IS NULL
             AND (l.blocked_until > now() OR l.cap = 1)
           THEN l.blocked_until END
           AS paused_until,
       coalesce(l.asked_until >= l.blocked_until AND l.asked_until > now(), false)
           AS asked_to_wait,
       CASE WHEN j.stop_after_attempt IN ('member', 'webhook_deleted') THEN j.stop_after_attempt END
           AS stopping
