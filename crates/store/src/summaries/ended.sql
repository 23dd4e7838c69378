SELECT e.organisation_id, e.webhook_id, e.end_state AS status, e.outcome,
       (e.requested_at AT TIME ZONE 'UTC')::date AS day, 1 AS counted,
       e.candidate_count::bigint AS affected, e.requested_at AS first_at, e.requested_at AS last_at,
       e.id::text COLLATE "C" AS newest
