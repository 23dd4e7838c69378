-- $1 seconds that exports are kept, $2 most rows. Whoever has no export left that was asked for under the address.
DELETE FROM requesters WHERE (organisation_id, id, email) IN (
    SELECT r.organisation_id, r.id, r.email FROM requesters r
     WHERE r.asked_on < ((now() - make_interval(secs => $1)) AT TIME ZONE 'UTC')::date
       AND NOT EXISTS (
           SELECT FROM exports e
            WHERE e.organisation_id = r.organisation_id AND e.requested_by_id = r.id
              AND e.id < uuid_v7_floor((r.asked_on + 2)::timestamp AT TIME ZONE 'UTC')
              AND e.requested_by_email = r.email)
     ORDER BY r.asked_on LIMIT $2)
