-- $1 organisation. An application that does not count goes along to where the one stands that does, once
-- its own stage is gone: nobody sees it there, so nobody could move it. OFFSET 0 keeps look-ups by key.
WITH left_behind AS MATERIALIZED (
    SELECT second.id, holder.stage
      FROM (
          SELECT id, candidate_id, vacancy_id, stage FROM applications
           WHERE organisation_id = $1 AND NOT counts OFFSET 0
      ) second
     CROSS JOIN LATERAL (
          SELECT stages FROM vacancies
           WHERE organisation_id = $1 AND id = second.vacancy_id OFFSET 0
      ) v
     CROSS JOIN LATERAL (
          SELECT stage, vacancy_id FROM applications
           WHERE organisation_id = $1 AND candidate_id = second.candidate_id AND counts OFFSET 0
      ) holder
     WHERE holder.vacancy_id = second.vacancy_id AND NOT second.stage = ANY (v.stages)
)
UPDATE applications a SET stage = left_behind.stage, stage_entered_at = NULL, updated_at = now()
  FROM left_behind
 WHERE a.organisation_id = $1 AND a.id = left_behind.id
