-- Exports that carry a person. $1 organisation, $2 candidate, $3 webhook and $4 export after which the page
-- starts, $5 rows. In the order of export_applications_sent_idx. An attempt counts where some of it reached
-- the connection, or nobody knows. OFFSET 0 keeps look-ups by key.
SELECT p.export_id, p.application_id, e.webhook_id, e.webhook_name,
       w.deleted_at AS webhook_deleted_at, e.host, w.include, e.vacancy_id,
       e.requested_at, e.requested_by_type, e.requested_by_id, e.requested_by_name,
       e.requested_by_email,
       export_status(
           coalesce(e.end_state, end_with_webhook(l.deleted_at, j.attempt_id, e.first_accepted_at)),
           e.attempt_count, j.attempt_id, j.attempt_number) AS status,
       CASE WHEN e.end_state IS NULL AND l.deleted_at IS NOT NULL AND j.attempt_id IS NULL
           THEN 'webhook_deleted' ELSE e.ended_by END AS ended_by,
       e.resent_from, e.continued_as,
       e.first_accepted_at IS NOT NULL OR coalesce(e.end_state = 'delivered', false) AS accepted,
       log.attempts, log.answered, coalesce(log.first_at, j.started_at) AS first_at,
       greatest(log.last_at, j.started_at) AS last_at
FROM (
    SELECT organisation_id, export_id, application_id, webhook_id FROM export_applications
    WHERE organisation_id = $1 AND candidate_id = $2 AND (webhook_id, export_id) > ($3, $4)
    ORDER BY webhook_id, export_id
    LIMIT $5
) p
CROSS JOIN LATERAL (
    SELECT * FROM exports WHERE organisation_id = p.organisation_id AND id = p.export_id OFFSET 0
) e
CROSS JOIN LATERAL (
    SELECT include, deleted_at FROM webhooks
    WHERE organisation_id = p.organisation_id AND id = e.webhook_id OFFSET 0
) w
LEFT JOIN LATERAL (
    SELECT attempt_id, attempt_number, started_at FROM export_jobs
    WHERE organisation_id = p.organisation_id AND export_id = p.export_id OFFSET 0
) j ON true
LEFT JOIN LATERAL (
    SELECT deleted_at FROM lanes
    WHERE organisation_id = p.organisation_id AND webhook_id = e.webhook_id
      AND j.attempt_number IS NOT NULL OFFSET 0
) l ON true
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS attempts, min(started_at) AS first_at, max(started_at) AS last_at,
           coalesce(bool_or(
               http_status IS NOT NULL AND request_bytes_sent >= payload_bytes
               OR late_http_status IS NOT NULL), false) AS answered
    FROM attempts
    WHERE organisation_id = p.organisation_id AND export_id = p.export_id
      AND (request_bytes_sent > 0 OR ambiguous OR http_status IS NOT NULL
           OR outcome = 'worker_lost')
    OFFSET 0
) log
ORDER BY p.webhook_id, p.export_id
