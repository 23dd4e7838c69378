-- What the deletion of its webhook ended is told so before the sweep writes it.
SELECT e.organisation_id, e.webhook_id,
       export_status(
           coalesce(e.end_state, end_with_webhook(l.deleted_at, j.attempt_id, e.first_accepted_at)),
           e.attempt_count, j.attempt_id, j.attempt_number) AS status,
       CASE WHEN l.deleted_at IS NOT NULL AND j.attempt_id IS NULL THEN (
           SELECT a.outcome FROM attempts a
            WHERE a.organisation_id = e.organisation_id AND a.export_id = e.id
              AND a.attempt_number = j.attempt_number)
            ELSE e.outcome END AS outcome,
       (e.requested_at AT TIME ZONE 'UTC')::date AS day, 1 AS counted,
       e.candidate_count::bigint AS affected, e.requested_at AS first_at, e.requested_at AS last_at,
       e.id::text COLLATE "C" AS newest
