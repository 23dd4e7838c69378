-- $1 organisation or null, $2 requester whose own are seen or null, $3 attempt. Looked up by key in each
-- organisation; its month is read off its id. What is under way is found among the few jobs that are.
SELECT found.organisation_id, found.export_id
  FROM (SELECT a.organisation_id, a.export_id, a.requested_by_id
          FROM organisations o
         CROSS JOIN LATERAL (
               SELECT organisation_id, export_id, requested_by_id FROM attempts
                WHERE organisation_id = o.id AND id = $3
               OFFSET 0
               ) a
         WHERE $1::uuid IS NULL OR o.id = $1
         UNION ALL
        SELECT j.organisation_id, j.export_id, e.requested_by_id
          FROM export_jobs j
         CROSS JOIN LATERAL (
               SELECT requested_by_id FROM exports
                WHERE organisation_id = j.organisation_id AND id = j.export_id
               OFFSET 0
               ) e
         WHERE j.attempt_id IS NOT NULL AND j.attempt_id = $3
           AND ($1::uuid IS NULL OR j.organisation_id = $1)
       ) found
 WHERE $2::text IS NULL OR found.requested_by_id = $2
 LIMIT 1
