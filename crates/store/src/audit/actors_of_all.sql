-- Of all organisations: the known members, the support desk, and who acted where there is no organisation any
-- more (members go with theirs), each with their e-mail addresses. From one actor to the next by an index, of
-- each the address of the first event and of the last, as within one organisation.
WITH RECURSIVE support (id) AS (
    (SELECT a.actor_id FROM audit_events a
      WHERE a.actor_type = 'support'
      ORDER BY a.actor_id LIMIT 1)
    UNION ALL
    SELECT (SELECT a.actor_id FROM audit_events a
             WHERE a.actor_type = 'support' AND a.actor_id > support.id
             ORDER BY a.actor_id LIMIT 1)
      FROM support
     WHERE support.id IS NOT NULL
),
removed AS (
    SELECT DISTINCT a.organisation_id AS id FROM audit_events a
     WHERE a.action = 'organisation.removed' AND a.organisation_id IS NOT NULL
),
gone (organisation_id, id) AS (
    SELECT removed.id, (SELECT a.actor_id FROM audit_events a
                         WHERE a.organisation_id = removed.id
                         ORDER BY a.actor_id LIMIT 1)
      FROM removed
    UNION ALL
    SELECT gone.organisation_id,
           (SELECT a.actor_id FROM audit_events a
             WHERE a.organisation_id = gone.organisation_id AND a.actor_id > gone.id
             ORDER BY a.actor_id LIMIT 1)
      FROM gone
     WHERE gone.id IS NOT NULL
)
SELECT m.id, m.email FROM members m WHERE m.email <> ''
UNION
SELECT support.id, person.email
  FROM support
 CROSS JOIN LATERAL (
       (SELECT a.actor_email AS email FROM audit_events a
         WHERE a.actor_type = 'support' AND a.actor_id = support.id
         ORDER BY a.id LIMIT 1)
       UNION ALL
       (SELECT a.actor_email FROM audit_events a
         WHERE a.actor_type = 'support' AND a.actor_id = support.id
         ORDER BY a.id DESC LIMIT 1)
       ) person
 WHERE person.email IS NOT NULL
UNION
SELECT gone.id, person.email
  FROM gone
 CROSS JOIN LATERAL (
       (SELECT a.actor_email AS email FROM audit_events a
         WHERE a.organisation_id = gone.organisation_id AND a.actor_id = gone.id
         ORDER BY a.id LIMIT 1)
       UNION ALL
       (SELECT a.actor_email FROM audit_events a
         WHERE a.organisation_id = gone.organisation_id AND a.actor_id = gone.id
         ORDER BY a.id DESC LIMIT 1)
       ) person
 WHERE person.email IS NOT NULL
