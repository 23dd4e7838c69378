-- Exports in progress that carry somebody who may not be sent any more: what waits is derived anew, what
-- is on the wire once it is over. $1 organisation, $2 references of candidates who are restricted now,
-- $3 of applications that are withdrawn now. The last statement of an import, since it locks lanes;
-- lanes first, in key order, as everywhere. OFFSET 0 keeps look-ups by key.
WITH people AS MATERIALIZED (
    SELECT c.id AS candidate_id, NULL::uuid AS application_id
      FROM unnest($2::text[]) AS given (reference)
     CROSS JOIN LATERAL (
          SELECT id FROM candidates
           WHERE organisation_id = $1 AND reference = given.reference AND restricted OFFSET 0
      ) c
     UNION ALL
    SELECT a.candidate_id, a.id
      FROM unnest($3::text[]) AS given (reference)
     CROSS JOIN LATERAL (
          SELECT id, candidate_id FROM applications
           WHERE organisation_id = $1 AND reference = given.reference
             AND status = 'withdrawn' OFFSET 0
      ) a
), affected AS MATERIALIZED (
    SELECT DISTINCT job.export_id, job.webhook_id
      FROM people
     CROSS JOIN LATERAL (
          SELECT export_id, application_id FROM export_applications
           WHERE organisation_id = $1 AND candidate_id = people.candidate_id OFFSET 0
      ) carried
     CROSS JOIN LATERAL (
          SELECT export_id, webhook_id FROM export_jobs
           WHERE organisation_id = $1 AND export_id = carried.export_id OFFSET 0
      ) job
     WHERE people.application_id IS NULL OR people.application_id = carried.application_id
), changed AS (
    UPDATE organisations SET people_changed_at = clock_timestamp() WHERE id = $1
), lane AS MATERIALIZED (
    SELECT l.webhook_id
      FROM lanes l
     WHERE l.organisation_id = $1 AND l.webhook_id IN (SELECT webhook_id FROM affected)
     ORDER BY l.organisation_id, l.webhook_id
       FOR NO KEY UPDATE
)
UPDATE export_jobs j SET stop_after_attempt = 'restriction'
  FROM affected JOIN lane USING (webhook_id)
 WHERE j.organisation_id = $1 AND j.export_id = affected.export_id AND j.stop_after_attempt IS NULL
