-- $1 organisation or null, $2 id or null, $3 id after which the page starts or null, $4 rows,
-- $5 hosts or null, $6 what the name is LIKE or null, $7 hosts that will do as well
SELECT w.organisation_id, w.id, w.name, w.purpose, w.host, w.url_sealed, w.include, w.replaces,
       w.created_at, w.created_by_type, w.created_by_id, w.created_by_name, w.created_by_email,
       l.failing_since, l.last_delivered_at, l.disabled_at, l.disabled_reason,
       recent.last_attempt_at, recent.tried, recent.delivered,
       (SELECT max(s.signs_until)
          FROM webhook_secrets s
         WHERE s.organisation_id = w.organisation_id
           AND s.webhook_id = w.id
           AND s.signs_until > now()) AS rotation_ends_at
  FROM webhooks w
  JOIN lanes l ON l.organisation_id = w.organisation_id AND l.webhook_id = w.id
 CROSS JOIN LATERAL (
       SELECT max(a.started_at) AS last_attempt_at,
              count(*) FILTER (
                  WHERE a.outcome NOT IN ('aborted', 'worker_lost', 'internal_error')) AS tried,
              count(*) FILTER (WHERE a.outcome = 'delivered') AS delivered
         FROM (SELECT outcome, started_at
                 FROM attempts
                WHERE organisation_id = w.organisation_id AND webhook_id = w.id
                ORDER BY id DESC
                LIMIT 100) a
       ) recent
 WHERE w.deleted_at IS NULL
   AND ($1::uuid IS NULL OR w.organisation_id = $1)
   AND ($2::uuid IS NULL OR w.id = $2)
   AND ($3::uuid IS NULL OR w.id < $3)
   AND ($5::text[] IS NULL OR w.host = ANY ($5))
   AND ($6::text IS NULL OR coalesce(w.name_key, lower(w.name)) LIKE $6 OR w.host = ANY ($7::text[]))
 ORDER BY w.id DESC
 LIMIT $4
