-- $1 organisation, $2 export
SELECT e.type AS kind, e.end_state IS NULL AS in_progress,
       coalesce(e.payload_kept_until > now(), false) AS payload_kept,
       e.first_accepted_at IS NOT NULL OR coalesce(e.end_state = 'delivered', false) AS accepted,
       e.continued_as IS NOT NULL AS continued, goes_on($1, e.continued_as) AS goes_on, e.ended_by
FROM exports e
WHERE e.organisation_id = $1 AND e.id = $2
FOR NO KEY UPDATE
