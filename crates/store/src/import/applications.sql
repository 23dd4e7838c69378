-- $1 organisation, $2 documents that fit (invalid_references.sql). Answers what was created or changed.
-- Materialized, else each mention of d would parse the document again. OFFSET 0 keeps look-ups
-- by key, whatever the statistics say while many rows come in.
-- A first application of a person for a vacancy counts, the best of them if there are several; which of
-- more counts is said when the import ends (demote.sql).
WITH given AS MATERIALIZED (
    SELECT document::jsonb AS d FROM unnest($2::text[]) AS document
)
INSERT INTO applications AS a
       (organisation_id, reference, vacancy_id, candidate_id, status, stage, stage_entered_at,
        applied_at, source, cover_letter, answers, rating, assessments, counts)
SELECT $1::uuid, d ->> 'reference', v.id, c.id,
       coalesce(CASE WHEN d ? 'status' THEN d ->> 'status' ELSE old.status END, 'active'),
       d ->> 'stage',
       -- When it came to another stage is unknown unless the line says it.
       CASE WHEN d ? 'stage_entered_at' THEN (d ->> 'stage_entered_at')::timestamptz
            WHEN old.stage = d ->> 'stage' THEN old.stage_entered_at END,
       (d ->> 'applied_at')::timestamptz,
       CASE WHEN d ? 'source' THEN d ->> 'source' ELSE old.source END,
       CASE WHEN d ? 'cover_letter' THEN d ->> 'cover_letter' ELSE old.cover_letter END,
       coalesce(CASE WHEN d ? 'answers' THEN nullif(d -> 'answers', 'null')
                     ELSE old.answers END, '[]'),
       CASE WHEN d ? 'rating' THEN nullif(d -> 'rating', 'null') ELSE old.rating END,
       coalesce(CASE WHEN d ? 'assessments' THEN nullif(d -> 'assessments', 'null')
                     ELSE old.assessments END, '[]'),
       holder.id IS NULL AND 1 = row_number() OVER (
           PARTITION BY v.id, c.id
           ORDER BY coalesce(d ->> 'status', 'active') = 'active' DESC,
                    (d ->> 'applied_at')::timestamptz DESC, d ->> 'reference' COLLATE "C" DESC)
  FROM given
 CROSS JOIN LATERAL (
      SELECT * FROM vacancies WHERE organisation_id = $1 AND reference = d ->> 'vacancy' OFFSET 0
  ) v
 CROSS JOIN LATERAL (
      SELECT * FROM candidates WHERE organisation_id = $1 AND reference = d ->> 'candidate' OFFSET 0
  ) c
  LEFT JOIN LATERAL (
      SELECT * FROM applications WHERE organisation_id = $1 AND reference = d ->> 'reference' OFFSET 0
  ) old ON true
  LEFT JOIN LATERAL (
      SELECT id FROM (SELECT id, vacancy_id FROM applications
                       WHERE organisation_id = $1 AND candidate_id = c.id AND counts OFFSET 0) theirs
       WHERE vacancy_id = v.id
  ) holder ON true
    ON CONFLICT (organisation_id, reference) DO UPDATE
   SET status = excluded.status, stage = excluded.stage,
       stage_entered_at = excluded.stage_entered_at, applied_at = excluded.applied_at,
       source = excluded.source, cover_letter = excluded.cover_letter, answers = excluded.answers,
       rating = excluded.rating, assessments = excluded.assessments, updated_at = now()
 WHERE (a.status, a.stage, a.stage_entered_at, a.applied_at, a.source, a.cover_letter, a.answers,
        a.rating, a.assessments)
       IS DISTINCT FROM (excluded.status, excluded.stage, excluded.stage_entered_at,
        excluded.applied_at, excluded.source, excluded.cover_letter, excluded.answers,
        excluded.rating, excluded.assessments)
RETURNING reference, a.xmax = 0 AS created, a.xmax = 0 AND NOT counts AS merged,
          a.xmax <> 0 AND status = 'withdrawn' AS may_not_go
