-- $1 organisation or null, $2 subject or API key. The log may outlive an export.
SELECT EXISTS (
    SELECT FROM organisations o
     WHERE ($1::uuid IS NULL OR o.id = $1)
       AND (EXISTS (SELECT FROM exports e WHERE e.organisation_id = o.id AND e.requested_by_id = $2)
            OR EXISTS (SELECT FROM attempts a WHERE a.organisation_id = o.id AND a.requested_by_id = $2)))
