-- $1 organisations, $2 webhooks, $3 requester, $4 from, $5 to, $6 most of them. Their newest, and of
-- those what went to these webhooks, even where that is nothing; counted says how many there were in all.
WITH own AS (
    SELECT e.webhook_id, e.end_state
      FROM (SELECT DISTINCT unnest($1::uuid[]) AS organisation_id) asked
     CROSS JOIN LATERAL (
           SELECT webhook_id, end_state FROM exports
            WHERE organisation_id = asked.organisation_id AND requested_by_id = $3
              AND id >= uuid_v7_floor($4) AND id < uuid_v7_floor($5)
            ORDER BY organisation_id DESC, requested_by_id DESC, id DESC
            LIMIT $6
           ) e
)
SELECT hook.webhook_id, (SELECT count(*) FROM own) AS counted,
       count(*) FILTER (WHERE own.end_state = 'delivered') AS accepted,
       count(*) FILTER (WHERE own.end_state = 'failed') AS failed,
       count(*) FILTER (WHERE own.end_state = 'cancelled') AS cancelled,
       count(own.webhook_id) FILTER (WHERE own.end_state IS NULL) AS in_progress
  FROM unnest($2::uuid[]) AS hook (webhook_id)
  LEFT JOIN own ON own.webhook_id = hook.webhook_id
 GROUP BY hook.webhook_id
