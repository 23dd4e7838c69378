-- The page of live webhooks, $4 rows; wanted.sql says which. What is counted is counted for the page alone.
WITH page AS MATERIALIZED (
SELECT w.organisation_id, w.id, w.name, w.purpose, w.host, w.url_sealed, w.include, w.replaces,
       w.created_at, w.created_by_type, w.created_by_id, w.created_by_name, w.created_by_email,
       l.failing_since, l.last_delivered_at, l.disabled_at, l.disabled_reason,
       r.owner, due.review_by, due.review_due, due.stale, r.reviewed_at,
       r.reviewed_by_type, r.reviewed_by_id, r.reviewed_by_name, r.reviewed_by_email
  FROM webhooks w
  JOIN lanes l ON l.organisation_id = w.organisation_id AND l.webhook_id = w.id
