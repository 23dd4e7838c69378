-- $1 organisation, $2 export
SELECT uuid_v7(now()) AS id, date_trunc('milliseconds', now()) AS requested_at, p.body,
       people.applications, people.candidates, people.withdrawn, people.restricted, people.erased
FROM export_payloads p
CROSS JOIN (
    SELECT coalesce(array_agg(application_id) FILTER (WHERE may_go), '{}') AS applications,
           coalesce(array_agg(candidate_id) FILTER (WHERE may_go), '{}') AS candidates,
           (count(*) FILTER (WHERE why_not = 'withdrawn'))::integer AS withdrawn,
           (count(*) FILTER (WHERE why_not = 'restricted'))::integer AS restricted,
           (count(*) FILTER (WHERE why_not = 'erased'))::integer AS erased
    FROM people_of_export($1, $2)
) people
WHERE p.organisation_id = $1 AND p.export_id = $2
