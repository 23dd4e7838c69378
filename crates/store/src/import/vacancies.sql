-- $1 organisation, $2 documents. Answers what was created or changed.
-- Materialized, else each mention of d would parse the document again. OFFSET 0 keeps look-ups
-- by key, whatever the statistics say while many rows come in.
WITH given AS MATERIALIZED (
    SELECT document::jsonb AS d FROM unnest($2::text[]) AS document
)
INSERT INTO vacancies AS v
       (organisation_id, reference, title, department, location, url, status, stages)
SELECT $1::uuid, d ->> 'reference', d ->> 'title',
       CASE WHEN d ? 'department' THEN d ->> 'department' ELSE old.department END,
       CASE WHEN d ? 'location' THEN d ->> 'location' ELSE old.location END,
       CASE WHEN d ? 'url' THEN d ->> 'url' ELSE old.url END,
       coalesce(CASE WHEN d ? 'status' THEN d ->> 'status' ELSE old.status END, 'open'),
       ARRAY(SELECT stage
               FROM jsonb_array_elements_text(d -> 'stages') WITH ORDINALITY AS s (stage, position)
              ORDER BY position)
  FROM given
  LEFT JOIN LATERAL (
      SELECT * FROM vacancies WHERE organisation_id = $1 AND reference = d ->> 'reference' OFFSET 0
  ) old ON true
    ON CONFLICT (organisation_id, reference) DO UPDATE
   SET title = excluded.title, department = excluded.department, location = excluded.location,
       url = excluded.url, status = excluded.status, stages = excluded.stages, updated_at = now()
 WHERE (v.title, v.department, v.location, v.url, v.status, v.stages)
       IS DISTINCT FROM (excluded.title, excluded.department, excluded.location, excluded.url,
                         excluded.status, excluded.stages)
RETURNING reference, v.xmax = 0 AS created, false AS merged, false AS may_not_go
