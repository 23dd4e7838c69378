-- All webhooks that are or were there, $4 rows; wanted.sql says which. A deleted one has a lane until its last
-- job is gone.
SELECT w.organisation_id, w.id, w.name, w.purpose, w.host, w.include,
       w.created_at, w.created_by_type, w.created_by_id, w.created_by_name, w.created_by_email,
       l.failing_since, l.last_delivered_at, l.disabled_at, l.disabled_reason,
       r.owner, due.review_by, due.review_due, due.stale, r.reviewed_at,
       r.reviewed_by_type, r.reviewed_by_id, r.reviewed_by_name, r.reviewed_by_email,
       (SELECT a.started_at
          FROM attempts a
         WHERE a.organisation_id = w.organisation_id AND a.webhook_id = w.id
         ORDER BY a.id DESC
         LIMIT 1) AS last_attempt_at,
       w.deleted_at
  FROM webhooks w
  LEFT JOIN lanes l ON l.organisation_id = w.organisation_id AND l.webhook_id = w.id
