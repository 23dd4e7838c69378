-- OFFSET 0 keeps the look-up by key.
SELECT a.id, a.candidate_id, c.reference AS candidate_reference, a.reference, c.full_name, c.email,
       a.stage, array_position(v.stages, a.stage) AS stage_order, a.rating, a.applied_at, a.status,
       c.restricted
  FROM applications a
  JOIN vacancies v ON v.organisation_id = a.organisation_id AND v.id = a.vacancy_id
 CROSS JOIN LATERAL (
      SELECT * FROM candidates
       WHERE organisation_id = a.organisation_id AND id = a.candidate_id
      OFFSET 0
  ) c
