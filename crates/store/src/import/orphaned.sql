-- $1 organisation, $2 references of vacancies, $3 their lines. Answers the lines of vacancies
-- with applications at a stage that is no longer theirs.
SELECT given.line, count(*) AS applications
  FROM unnest($2, $3) AS given (reference, line)
  JOIN vacancies v ON v.organisation_id = $1 AND v.reference = given.reference
  JOIN applications a ON a.organisation_id = $1 AND a.vacancy_id = v.id
 WHERE NOT a.stage = ANY (v.stages)
 GROUP BY given.line
