-- $1 organisation. The applications that count where none does (demote.sql). OFFSET 0 keeps look-ups
-- by key.
WITH best AS MATERIALIZED (
    SELECT DISTINCT ON (candidate_id, vacancy_id) id, candidate_id, vacancy_id
      FROM applications
     WHERE organisation_id = $1 AND NOT counts
     ORDER BY candidate_id, vacancy_id, status = 'active' DESC, applied_at DESC,
              reference COLLATE "C" DESC
), vacant AS MATERIALIZED (
    SELECT best.id
      FROM best
      LEFT JOIN LATERAL (
          SELECT id, vacancy_id FROM applications
           WHERE organisation_id = $1 AND candidate_id = best.candidate_id AND counts OFFSET 0
      ) holder ON holder.vacancy_id = best.vacancy_id
     WHERE holder.id IS NULL
)
UPDATE applications a SET counts = true
  FROM vacant
 WHERE a.organisation_id = $1 AND a.id = vacant.id
