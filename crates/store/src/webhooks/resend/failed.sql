-- Exports of a webhook that failed, and who of them may still be sent. $1 organisation, $2 webhook, $3 since
-- when, $4 the export after which to go on, or null, $5 most. What was accepted once has not failed; tests
-- are tried anew, not sent again. They are looked up by how exports ended: most were delivered.
SELECT e.id, coalesce(e.payload_kept_until > now(), false) AS kept,
       e.continued_as IS NOT NULL AS carried_on, people.somebody, people.changed
FROM export_ends x
CROSS JOIN LATERAL (
    SELECT * FROM exports
    WHERE organisation_id = x.organisation_id AND id = x.export_id OFFSET 0
) e
CROSS JOIN LATERAL (
    SELECT bool_or(p.may_go) AS somebody, bool_or(NOT p.may_go) AS changed
    FROM people_of_export($1, e.id) p
    WHERE e.continued_as IS NULL AND e.payload_kept_until > now()
) people
WHERE x.organisation_id = $1 AND x.end_state = 'failed'
  AND x.export_id > coalesce($4::uuid, '00000000-0000-0000-0000-000000000000')
  AND e.webhook_id = $2
  AND e.end_state = 'failed' AND e.type = 'candidates' AND e.finished_at >= $3
ORDER BY x.export_id
LIMIT $5
