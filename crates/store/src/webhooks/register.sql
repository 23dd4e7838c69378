-- $1 organisation or null, $2 id after which the page starts or null, $3 rows, $4 stale or null, $5 to be
-- reviewed or null, $6 hosts or null, $7 what the name is LIKE or null, $8 hosts that will do as well. A
-- deleted webhook has a lane until its last job is gone; nobody asks whether it is still needed.
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
  LEFT JOIN webhook_reviews r ON r.organisation_id = w.organisation_id AND r.webhook_id = w.id
 CROSS JOIN LATERAL (
       SELECT coalesce(r.review_by, w.created_at + interval '1 year') AS review_by,
              w.deleted_at IS NULL
              AND coalesce(r.review_by, w.created_at + interval '1 year') <= now() AS review_due,
              w.deleted_at IS NULL
              AND coalesce(l.last_delivered_at, w.created_at) < now() - interval '90 days' AS stale
       ) due
 WHERE ($1::uuid IS NULL OR w.organisation_id = $1)
   AND ($2::uuid IS NULL OR w.id < $2)
   AND ($4::boolean IS NULL OR due.stale = $4)
   AND ($5::boolean IS NULL OR due.review_due = $5)
   AND ($6::text[] IS NULL OR w.host = ANY ($6))
   AND ($7::text IS NULL OR coalesce(w.name_key, lower(w.name)) LIKE $7 OR w.host = ANY ($8::text[]))
 ORDER BY w.id DESC
 LIMIT $3
