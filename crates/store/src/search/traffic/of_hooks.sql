-- $1 organisations, $2 webhooks, $3 from, $4 to, $5 most of each webhook. OFFSET 0 keeps the look-ups by key.
SELECT asked.webhook_id, count(*) AS counted,
       count(*) FILTER (WHERE e.end_state = 'delivered') AS accepted,
       count(*) FILTER (WHERE e.end_state = 'failed') AS failed,
       count(*) FILTER (WHERE e.end_state = 'cancelled') AS cancelled,
       count(*) FILTER (WHERE e.end_state IS NULL) AS in_progress
  FROM unnest($1::uuid[], $2::uuid[]) AS asked (organisation_id, webhook_id)
 CROSS JOIN LATERAL (
       SELECT end_state FROM exports
        WHERE organisation_id = asked.organisation_id AND webhook_id = asked.webhook_id
          AND id >= uuid_v7_floor($3) AND id < uuid_v7_floor($4)
        ORDER BY organisation_id DESC, webhook_id DESC, id DESC
        LIMIT $5
       ) e
 GROUP BY asked.webhook_id
