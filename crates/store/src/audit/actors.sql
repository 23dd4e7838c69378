-- $1 organisation. Who did something there, and under which e-mail address. From one actor to the next by
-- the index: they are few among many events. Of each the address of the first event and of the last.
WITH RECURSIVE actor (id) AS (
    (SELECT a.actor_id FROM audit_events a
      WHERE a.organisation_id = $1
      ORDER BY a.actor_id LIMIT 1)
    UNION ALL
    SELECT (SELECT a.actor_id FROM audit_events a
             WHERE a.organisation_id = $1 AND a.actor_id > actor.id
             ORDER BY a.actor_id LIMIT 1)
      FROM actor
     WHERE actor.id IS NOT NULL
)
SELECT DISTINCT actor.id, person.email
  FROM actor
 CROSS JOIN LATERAL (
       (SELECT a.actor_email AS email FROM audit_events a
         WHERE a.organisation_id = $1 AND a.actor_id = actor.id
         ORDER BY a.id LIMIT 1)
       UNION ALL
       (SELECT a.actor_email FROM audit_events a
         WHERE a.organisation_id = $1 AND a.actor_id = actor.id
         ORDER BY a.id DESC LIMIT 1)
       ) person
 WHERE actor.id IS NOT NULL AND person.email IS NOT NULL
