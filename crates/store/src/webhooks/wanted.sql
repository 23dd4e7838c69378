-- Of webhooks w and their lanes l, what is due of them and what is asked for: $1 organisation or null, $2 id
-- or null, $3 id after which the page starts or null, $5 stale or null, $6 to be reviewed or null, $7 hosts
-- or null, $8 what the name is LIKE or null, $9 hosts that will do as well. Nobody asks whether a deleted one
-- is still needed.
  LEFT JOIN webhook_reviews r ON r.organisation_id = w.organisation_id AND r.webhook_id = w.id
 CROSS JOIN LATERAL (
       SELECT coalesce(r.review_by, w.created_at + interval '1 year') AS review_by,
              w.deleted_at IS NULL
              AND coalesce(r.review_by, w.created_at + interval '1 year') <= now() AS review_due,
              w.deleted_at IS NULL
              AND coalesce(l.last_delivered_at, w.created_at) < now() - interval '90 days' AS stale
       ) due
 WHERE ($1::uuid IS NULL OR w.organisation_id = $1)
   AND ($2::uuid IS NULL OR w.id = $2)
   AND ($3::uuid IS NULL OR w.id < $3)
   AND ($5::boolean IS NULL OR due.stale = $5)
   AND ($6::boolean IS NULL OR due.review_due = $6)
   AND ($7::text[] IS NULL OR w.host = ANY ($7))
   AND ($8::text IS NULL OR coalesce(w.name_key, lower(w.name)) LIKE $8 OR w.host = ANY ($9::text[]))
