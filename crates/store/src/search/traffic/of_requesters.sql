-- $1 organisation or null, $2 subjects and API keys, $3 from, $4 to, $5 most in all.
SELECT count(*), count(*) FILTER (WHERE e.end_state = 'delivered'),
       count(*) FILTER (WHERE e.end_state = 'failed'), count(*) FILTER (WHERE e.end_state = 'cancelled'),
       count(*) FILTER (WHERE e.end_state IS NULL)
  FROM (SELECT newest.end_state
          FROM organisations o
         CROSS JOIN unnest($2::text[]) AS asked (requested_by_id)
         CROSS JOIN LATERAL (
               SELECT id, end_state FROM exports
                WHERE organisation_id = o.id AND requested_by_id = asked.requested_by_id
                  AND id >= uuid_v7_floor($3) AND id < uuid_v7_floor($4)
                ORDER BY organisation_id DESC, requested_by_id DESC, id DESC
                LIMIT $5
               ) newest
         WHERE $1::uuid IS NULL OR o.id = $1
         ORDER BY newest.id DESC
         LIMIT $5
       ) e
