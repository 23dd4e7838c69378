-- $1 organisation or null, $2 id or null, $3 id after which the page starts or null, $4 rows,
-- $5 stale or null, $6 to be reviewed or null, $7 hosts or null, $8 what the name is LIKE or null, $9 hosts
-- that will do as well. What is counted is counted for the page alone.
WITH page AS MATERIALIZED (
SELECT w.organisation_id, w.id, w.name, w.purpose, w.host, w.url_sealed, w.include, w.replaces,
       w.created_at, w.created_by_type, w.created_by_id, w.created_by_name, w.created_by_email,
       l.failing_since, l.last_delivered_at, l.disabled_at, l.disabled_reason,
       r.owner, due.review_by, due.review_due, due.stale, r.reviewed_at,
       r.reviewed_by_type, r.reviewed_by_id, r.reviewed_by_name, r.reviewed_by_email
  FROM webhooks w
  JOIN lanes l ON l.organisation_id = w.organisation_id AND l.webhook_id = w.id
  LEFT JOIN webhook_reviews r ON r.organisation_id = w.organisation_id AND r.webhook_id = w.id
 CROSS JOIN LATERAL (
       SELECT coalesce(r.review_by, w.created_at + interval '1 year') AS review_by,
              coalesce(r.review_by, w.created_at + interval '1 year') <= now() AS review_due,
              coalesce(l.last_delivered_at, w.created_at) < now() - interval '90 days' AS stale
       ) due
 WHERE w.deleted_at IS NULL
   AND ($1::uuid IS NULL OR w.organisation_id = $1)
   AND ($2::uuid IS NULL OR w.id = $2)
   AND ($3::uuid IS NULL OR w.id < $3)
   AND ($5::boolean IS NULL OR due.stale = $5)
   AND ($6::boolean IS NULL OR due.review_due = $6)
   AND ($7::text[] IS NULL OR w.host = ANY ($7))
   AND ($8::text IS NULL OR coalesce(w.name_key, lower(w.name)) LIKE $8 OR w.host = ANY ($9::text[]))
 ORDER BY w.id DESC
 LIMIT $4
)
SELECT p.*, recent.ended, recent.accepted,
       (SELECT a.started_at
          FROM attempts a
         WHERE a.organisation_id = p.organisation_id AND a.webhook_id = p.id
         ORDER BY a.id DESC
         LIMIT 1) AS last_attempt_at,
       (SELECT max(s.signs_until)
          FROM webhook_secrets s
         WHERE s.organisation_id = p.organisation_id
           AND s.webhook_id = p.id
           AND s.signs_until > now()) AS rotation_ends_at
  FROM page p
 CROSS JOIN LATERAL (
       SELECT count(*) AS ended,
              count(*) FILTER (
                  WHERE e.end_state = 'delivered' OR e.first_accepted_at IS NOT NULL) AS accepted
         FROM (SELECT end_state, first_accepted_at
                 FROM exports
                WHERE organisation_id = p.organisation_id
                  AND webhook_id = p.id
                  AND id >= uuid_v7_floor(now() - interval '30 days')
                ORDER BY id DESC
                LIMIT 200) e
        WHERE e.end_state IN ('delivered', 'failed')
       ) recent
 ORDER BY p.id DESC
