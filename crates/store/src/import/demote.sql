-- $1 organisation. Applications that count no longer, since another one of the same person for the
-- vacancy is before them: an active one before one that is not, then the newer. Their references
-- decide between two of one instant: the order of lines does not. When they changed is not touched:
-- nobody said anything new of them. OFFSET 0 keeps look-ups by key.
WITH best AS MATERIALIZED (
    SELECT DISTINCT ON (candidate_id, vacancy_id)
           candidate_id, vacancy_id, status = 'active' AS active, applied_at, reference
      FROM applications
     WHERE organisation_id = $1 AND NOT counts
     ORDER BY candidate_id, vacancy_id, active DESC, applied_at DESC, reference COLLATE "C" DESC
), overtaken AS MATERIALIZED (
    SELECT holder.id
      FROM best
     CROSS JOIN LATERAL (
          SELECT id, vacancy_id, status = 'active' AS active, applied_at, reference
            FROM applications
           WHERE organisation_id = $1 AND candidate_id = best.candidate_id AND counts OFFSET 0
      ) holder
     WHERE holder.vacancy_id = best.vacancy_id
       AND (best.active, best.applied_at, best.reference COLLATE "C")
           > (holder.active, holder.applied_at, holder.reference COLLATE "C")
)
UPDATE applications a SET counts = false
  FROM overtaken
 WHERE a.organisation_id = $1 AND a.id = overtaken.id
