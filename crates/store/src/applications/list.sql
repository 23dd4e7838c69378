-- The page first, then whom it is about. OFFSET 0 keeps the look-ups by key.
SELECT a.id, a.candidate_id, c.reference AS candidate_reference, a.reference, c.full_name, c.email,
       a.stage, array_position(v.stages, a.stage) AS stage_order, a.rating, a.applied_at, a.status,
       c.restricted, a.sort_name, a.rated,
       last.export_id AS last_export_id, last.requested_at AS last_requested_at,
       last.requested_by AS last_requested_by, last.status AS last_status,
       last.accepted AS last_accepted
  FROM (SELECT a.organisation_id, a.vacancy_id, a.id, a.candidate_id, a.reference, a.stage, a.rating,
               a.applied_at, a.status,
               left(split_part(coalesce(a.search_text, ''), E'\n', 1), 60) COLLATE "C" AS sort_name,
               (a.rating ->> 'value')::float8 AS rated, array_position(
