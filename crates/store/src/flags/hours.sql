-- $1 organisations, $2 weeks, $3 hours, one by one: what an organisation exported in that week and the
-- twelve before, and how much of it within an hour of that time, on days of that kind.
SELECT asked.place, of.exports, of.weeks, of.around
  FROM unnest($1::uuid[], $2::date[], $3::smallint[])
       WITH ORDINALITY AS asked (organisation_id, week, hour, place)
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(exports), 0)::bigint AS exports,
              count(DISTINCT h.week) AS weeks,
              coalesce(sum(exports) FILTER (
                  WHERE h.hour / 24 = asked.hour / 24
                    AND (h.hour - asked.hour + 24) % 24 IN (0, 1, 23)), 0)::bigint AS around
         FROM export_hours h
        WHERE h.organisation_id = asked.organisation_id
          AND h.week BETWEEN asked.week - 84 AND asked.week
       ) of
