-- In a transaction of its own: the foreign keys before it keep everybody from writing exports, this nobody.
-- What is usual is known from the start; judged is what comes from now on, and of the last minute, whose
-- commits may still be on their way.
INSERT INTO member_days (organisation_id, requested_by_id, day, people)
SELECT organisation_id, requested_by_id, (requested_at AT TIME ZONE 'UTC')::date, sum(candidate_count)
  FROM exports
 WHERE id >= uuid_v7_floor(now() - interval '91 days') AND id <= uuid_v7_floor(now() - interval '1 minute')
   AND type = 'candidates' AND resent_from IS NULL
 GROUP BY 1, 2, 3;
INSERT INTO export_hours (organisation_id, week, hour, exports)
SELECT organisation_id, date_trunc('week', requested_at AT TIME ZONE 'UTC')::date,
       extract(hour FROM requested_at AT TIME ZONE 'UTC')
           + CASE WHEN extract(isodow FROM requested_at AT TIME ZONE 'UTC') > 5 THEN 24 ELSE 0 END,
       count(*)
  FROM exports
 WHERE id >= uuid_v7_floor(now() - interval '91 days') AND id <= uuid_v7_floor(now() - interval '1 minute')
   AND type = 'candidates' AND resent_from IS NULL
 GROUP BY 1, 2, 3;
INSERT INTO flag_rounds (since, until, judged)
VALUES (uuid_v7_floor(now() - interval '1 minute'), uuid_v7_floor(now() - interval '1 minute'), '{}');
