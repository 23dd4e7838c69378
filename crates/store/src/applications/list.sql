-- $1 organisation, $2 vacancy, $3 time and $4 id after which the page starts or null, filters or
-- null: $5 stage, $6 pattern, $7 least rating, $8 applied after; $9 rows. Postgres plans with the
-- values at hand, so that of each OR only one side is left. OFFSET 0 keeps the look-up by key.
SELECT a.id, a.candidate_id, c.reference AS candidate_reference, a.reference, c.full_name, c.email,
       a.stage, array_position(v.stages, a.stage) AS stage_order, a.rating, a.applied_at, a.status,
       c.restricted
  FROM applications a
  JOIN vacancies v ON v.organisation_id = $1 AND v.id = $2
 CROSS JOIN LATERAL (
      SELECT * FROM candidates WHERE organisation_id = $1 AND id = a.candidate_id OFFSET 0
  ) c
 WHERE a.organisation_id = $1
   AND a.vacancy_id = $2
   AND ($3 IS NULL OR (a.applied_at, a.id) > ($3, $4))
   AND ($5 IS NULL OR a.stage = $5)
   AND ($6 IS NULL OR c.full_name ILIKE $6 OR c.email ILIKE $6)
   AND ($7 IS NULL OR (a.rating ->> 'value')::float8 >= $7)
   AND ($8 IS NULL OR a.applied_at > $8)
 ORDER BY a.applied_at, a.id
 LIMIT $9
