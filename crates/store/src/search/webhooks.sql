-- Webhooks, live or deleted, with how delivery to them goes.
SELECT w.organisation_id, w.id, w.name, w.host, w.deleted_at, l.failing_since, l.last_delivered_at,
       l.last_claimed_at, l.disabled_at, l.disabled_reason
