-- $1 organisation or null, $2 an actor, $3 whether what was refused because it is another organisation's
-- counts, too. By key in each organisation, those included that are not here any
-- more, and in the events of none (LIMIT keeps that).
SELECT EXISTS (
    SELECT FROM (
           SELECT $1::uuid AS id WHERE $1::uuid IS NOT NULL
           UNION ALL
           SELECT o.id FROM organisations o WHERE $1::uuid IS NULL
           UNION ALL
           SELECT a.organisation_id FROM audit_events a
            WHERE $1::uuid IS NULL AND a.action = 'organisation.removed' AND a.organisation_id IS NOT NULL
           ) owner
     CROSS JOIN LATERAL (
           SELECT 1 FROM audit_events a
            WHERE a.organisation_id = owner.id AND a.actor_id = $2
              AND ($3 OR a.action <> 'access.refused' OR a.details ->> 'why' IS DISTINCT FROM 'foreign')
            LIMIT 1) acted
    UNION ALL
    (SELECT FROM audit_events a
      WHERE $1::uuid IS NULL AND a.organisation_id IS NULL AND a.actor_id = $2 LIMIT 1))
