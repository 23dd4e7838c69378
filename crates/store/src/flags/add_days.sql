-- $1 organisations, $2 requesters, $3 days, $4 people, one by one in the order of the key
INSERT INTO member_days AS known (organisation_id, requested_by_id, day, people)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::date[], $4::bigint[])
    ON CONFLICT (organisation_id, requested_by_id, day) DO UPDATE
   SET people = known.people + EXCLUDED.people
