-- $1 organisation or null. Who asked, under which e-mail address, and where. From one requester to the next by the index: they are
-- few among many exports. Of each the address of the first export and of the last.
SELECT DISTINCT requester.id, person.email, o.id AS organisation_id
  FROM organisations o
 CROSS JOIN LATERAL (
       WITH RECURSIVE requester (id) AS (
           (SELECT e.requested_by_id FROM exports e
             WHERE e.organisation_id = o.id
             ORDER BY e.requested_by_id LIMIT 1)
           UNION ALL
           SELECT (SELECT e.requested_by_id FROM exports e
                    WHERE e.organisation_id = o.id AND e.requested_by_id > requester.id
                    ORDER BY e.requested_by_id LIMIT 1)
             FROM requester
            WHERE requester.id IS NOT NULL
       )
       SELECT id FROM requester WHERE id IS NOT NULL
       ) requester
 CROSS JOIN LATERAL (
       (SELECT e.requested_by_email AS email FROM exports e
         WHERE e.organisation_id = o.id AND e.requested_by_id = requester.id
         ORDER BY e.id LIMIT 1)
       UNION ALL
       (SELECT e.requested_by_email FROM exports e
         WHERE e.organisation_id = o.id AND e.requested_by_id = requester.id
         ORDER BY e.id DESC LIMIT 1)
       ) person
 WHERE $1::uuid IS NULL OR o.id = $1
 ORDER BY requester.id
