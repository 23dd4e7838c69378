-- $1 organisation, $2 actors, $3 most that are counted.
SELECT count(*) FROM (
    SELECT FROM audit_events
     WHERE organisation_id = $1 AND actor_id = ANY ($2)
     LIMIT $3) acts
