-- $1 organisation or null, $2 an actor. By key in each organisation that the audit tells of, and where it
-- tells of none (LIMIT keeps that).
SELECT EXISTS (
    WITH RECURSIVE owner (id) AS (
        SELECT $1::uuid WHERE $1::uuid IS NOT NULL
        UNION ALL
        (SELECT a.organisation_id FROM audit_events a
          WHERE $1::uuid IS NULL AND a.organisation_id IS NOT NULL
          ORDER BY a.organisation_id LIMIT 1)
        UNION ALL
        SELECT (SELECT a.organisation_id FROM audit_events a
                 WHERE a.organisation_id > owner.id
                 ORDER BY a.organisation_id LIMIT 1)
          FROM owner
         WHERE owner.id IS NOT NULL AND $1::uuid IS NULL
    )
    SELECT FROM owner
     CROSS JOIN LATERAL (
           SELECT 1 FROM audit_events a
            WHERE a.organisation_id = owner.id AND a.actor_id = $2 LIMIT 1) acted
    UNION ALL
    (SELECT FROM audit_events a
      WHERE $1::uuid IS NULL AND a.organisation_id IS NULL AND a.actor_id = $2 LIMIT 1))
