-- $1 organisation, $2 documents of applications. Answers the positions (from 1) of those that do
-- not fit what is stored, each with its first problem, and of those that are there and do not count,
-- since another one of the same person for the vacancy does. OFFSET 0 keeps look-ups by key.
WITH given AS MATERIALIZED (
    SELECT document::jsonb AS d, position
      FROM unnest($2::text[]) WITH ORDINALITY AS documents (document, position)
)
SELECT position, problem[1] AS pointer, problem[2] AS detail
  FROM (
      SELECT given.position, old.counts,
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
             END AS problem
        FROM given
        LEFT JOIN LATERAL (
            SELECT * FROM vacancies
             WHERE organisation_id = $1 AND reference = d ->> 'vacancy' OFFSET 0) v ON true
        LEFT JOIN LATERAL (
            SELECT * FROM candidates
             WHERE organisation_id = $1 AND reference = d ->> 'candidate' OFFSET 0) c ON true
        LEFT JOIN LATERAL (
            SELECT * FROM applications
             WHERE organisation_id = $1 AND reference = d ->> 'reference' OFFSET 0) old ON true
      OFFSET 0
  ) checked
 WHERE problem IS NOT NULL OR NOT counts
