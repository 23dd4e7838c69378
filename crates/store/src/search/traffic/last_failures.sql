-- $1 organisations, $2 webhooks, $3 requester whose own are seen or null, $4 from, $5 to, $6 most of each
-- webhook that are looked at. An id is made a moment before its attempt begins.
SELECT asked.webhook_id, asked.organisation_id, failed.export_id, failed.id
  FROM unnest($1::uuid[], $2::uuid[]) AS asked (organisation_id, webhook_id)
 CROSS JOIN LATERAL (
       SELECT newest.id, newest.export_id
         FROM (SELECT id, export_id, outcome, late_outcome, requested_by_id FROM attempts
                WHERE organisation_id = asked.organisation_id AND webhook_id = asked.webhook_id
                  AND id >= uuid_v7_floor($4) AND id < uuid_v7_floor($5)
                ORDER BY id DESC
                LIMIT $6
              ) newest
        WHERE newest.outcome <> 'delivered' AND newest.late_outcome IS DISTINCT FROM 'delivered'
          AND ($3::text IS NULL OR newest.requested_by_id = $3)
        ORDER BY newest.id DESC
        LIMIT 1
       ) failed
