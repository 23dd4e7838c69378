   AND w.deleted_at IS NULL
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
