-- $1 organisations, $2 vacancies, $3 most people, one by one: how many people of a vacancy may be exported,
-- up to that number.
SELECT asked.place,
       (SELECT count(*) FROM (
           SELECT FROM (
               SELECT * FROM applications
               WHERE organisation_id = asked.organisation_id AND vacancy_id = asked.vacancy_id AND counts
               ORDER BY applied_at, id OFFSET 0
           ) a
           CROSS JOIN LATERAL (
               SELECT * FROM candidates
               WHERE organisation_id = a.organisation_id AND id = a.candidate_id OFFSET 0
           ) c
           WHERE a.status <> 'withdrawn' AND NOT c.restricted
           LIMIT asked.most) people) AS people
  FROM unnest($1::uuid[], $2::uuid[], $3::bigint[])
       WITH ORDINALITY AS asked (organisation_id, vacancy_id, most, place)
