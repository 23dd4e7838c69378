-- $1 organisation, $2 documents of applications. Answers the positions (from 1) of those that do
-- not fit what is stored, each with its first problem.
SELECT position, problem[1] AS pointer, problem[2] AS detail
  FROM (
      SELECT given.position,
             CASE
             WHEN v.id IS NULL THEN
                 ARRAY['/vacancy', 'no vacancy has this reference: its line must come before']
             WHEN c.id IS NULL THEN
                 ARRAY['/candidate', 'no candidate has this reference: the line must come before']
             WHEN NOT d ->> 'stage' = ANY (v.stages) THEN
                 ARRAY['/stage', 'is not among the stages of the vacancy']
             WHEN old.vacancy_id <> v.id THEN
                 ARRAY['/vacancy', 'the application belongs to another vacancy already']
             WHEN old.candidate_id <> c.id THEN
                 ARRAY['/candidate', 'the application belongs to another candidate already']
             WHEN EXISTS (
                 SELECT FROM applications other
                  WHERE other.organisation_id = $1 AND other.candidate_id = c.id
                    AND other.vacancy_id = v.id AND other.reference <> d ->> 'reference') THEN
                 ARRAY['/reference',
                       'the candidate has an application in this vacancy under another reference']
             END AS problem
        FROM (SELECT document::jsonb AS d, position
                FROM unnest($2) WITH ORDINALITY AS documents (document, position)) given
        LEFT JOIN vacancies v ON v.organisation_id = $1 AND v.reference = d ->> 'vacancy'
        LEFT JOIN candidates c ON c.organisation_id = $1 AND c.reference = d ->> 'candidate'
        LEFT JOIN applications old
          ON old.organisation_id = $1 AND old.reference = d ->> 'reference'
  ) checked
 WHERE problem IS NOT NULL
