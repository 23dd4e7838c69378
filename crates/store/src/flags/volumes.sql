-- $1 organisations, $2 requesters, $3 days, one by one: what somebody exported on that day and before it,
-- $4 days at most.
SELECT asked.place, of.that_day, of.people, of.days
  FROM unnest($1::uuid[], $2::text[], $3::date[])
       WITH ORDINALITY AS asked (organisation_id, requested_by_id, day, place)
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(people) FILTER (WHERE d.day = asked.day), 0)::bigint AS that_day,
              coalesce(sum(people) FILTER (WHERE d.day < asked.day), 0)::bigint AS people,
              count(*) FILTER (WHERE d.day < asked.day) AS days
         FROM member_days d
        WHERE d.organisation_id = asked.organisation_id AND d.requested_by_id = asked.requested_by_id
          AND d.day BETWEEN asked.day - $4::integer AND asked.day
       ) of
