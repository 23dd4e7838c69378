-- $1 organisation, $2 references of vacancies, $3 their lines. Answers the lines of vacancies
-- with applications at a stage that is no longer theirs. OFFSET 0 keeps look-ups by key.
SELECT given.line, count(*) AS applications
  FROM unnest($2::text[], $3::bigint[]) AS given (reference, line)
 CROSS JOIN LATERAL (
      SELECT * FROM vacancies WHERE organisation_id = $1 AND reference = given.reference OFFSET 0
  ) v
 CROSS JOIN LATERAL (
      SELECT stage FROM applications
       WHERE organisation_id = $1 AND vacancy_id = v.id AND counts OFFSET 0
  ) a
 WHERE NOT a.stage = ANY (v.stages)
 GROUP BY given.line
