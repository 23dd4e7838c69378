-- $1 organisation or null, $2 id after which the page starts or null, $3 rows. A deleted webhook has a lane
-- until its last job is gone.
SELECT w.organisation_id, w.id, w.name, w.purpose, w.host, w.include,
       w.created_at, w.created_by_type, w.created_by_id, w.created_by_name, w.created_by_email,
       l.failing_since, l.last_delivered_at, l.disabled_at, l.disabled_reason,
       (SELECT a.started_at
          FROM attempts a
         WHERE a.organisation_id = w.organisation_id AND a.webhook_id = w.id
         ORDER BY a.id DESC
         LIMIT 1) AS last_attempt_at,
       w.deleted_at
  FROM webhooks w
  LEFT JOIN lanes l ON l.organisation_id = w.organisation_id AND l.webhook_id = w.id
 WHERE ($1::uuid IS NULL OR w.organisation_id = $1)
   AND ($2::uuid IS NULL OR w.id < $2)
 ORDER BY w.id DESC
 LIMIT $3
