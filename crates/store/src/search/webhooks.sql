-- Webhooks, live or deleted, with how delivery to them goes.
SELECT w.organisation_id, w.id, w.name, w.host, w.deleted_at, l.failing_since, l.last_delivered_at,
       l.last_claimed_at, l.disabled_at, l.disabled_reason
  FROM webhooks w
  LEFT JOIN LATERAL (
       SELECT failing_since, last_delivered_at, nullif(last_claimed_at, '-infinity') AS last_claimed_at,
              disabled_at, disabled_reason
         FROM lanes
        WHERE organisation_id = w.organisation_id AND webhook_id = w.id
       OFFSET 0
  ) l ON true
