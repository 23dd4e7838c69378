-- $1 organisation, $2 export. The applications in it that are gone.
SELECT coalesce(array_agg(application_id), '{}')
FROM people_of_export($1, $2)
WHERE why_not = 'erased'
