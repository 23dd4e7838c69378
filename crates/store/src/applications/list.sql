-- The page first, then whom it is about. OFFSET 0 keeps the look-ups by key.
SELECT a.id, a.candidate_id, c.reference AS candidate_reference, a.reference, c.full_name, c.email,
       a.stage, array_position(v.stages, a.stage) AS stage_order, a.rating, a.applied_at, a.status,
       c.restricted
  FROM (SELECT a.organisation_id, a.vacancy_id, a.id, a.candidate_id, a.reference, a.stage, a.rating,
               a.applied_at, a.status
          FROM
