SELECT a.organisation_id, a.webhook_id, NULL::text AS status, a.outcome,
       (a.started_at AT TIME ZONE 'UTC')::date AS day, 1 AS counted,
