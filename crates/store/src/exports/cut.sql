-- $1 organisation, $2 export
SELECT uuid_v7(now()) AS id, date_trunc('milliseconds', now()) AS requested_at, p.body,
       people.applications, people.candidates, people.left_out
FROM export_payloads p
CROSS JOIN (
    SELECT coalesce(array_agg(application_id) FILTER (WHERE may_go), '{}') AS applications,
           coalesce(array_agg(candidate_id) FILTER (WHERE may_go), '{}') AS candidates,
           (count(*) FILTER (WHERE NOT may_go))::integer AS left_out
    FROM people_of_export($1, $2)
) people
WHERE p.organisation_id = $1 AND p.export_id = $2
