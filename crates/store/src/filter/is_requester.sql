-- $1 organisation or null, $2 subject or API key. The log may outlive an export. Looked up by key in each
-- organisation (LIMIT keeps that): else all exports might be read to find one.
SELECT EXISTS (
    SELECT FROM organisations o
     CROSS JOIN LATERAL (
           (SELECT 1 FROM exports e
             WHERE e.organisation_id = o.id AND e.requested_by_id = $2 LIMIT 1)
           UNION ALL
           (SELECT 1 FROM attempts a
             WHERE a.organisation_id = o.id AND a.requested_by_id = $2 LIMIT 1)
           ) found
     WHERE $1::uuid IS NULL OR o.id = $1)
