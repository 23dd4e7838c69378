-- $1 organisation, $2 candidate. Exports that carry the person and of which anything is kept: what is in
-- progress, and what has a payload. What receivers answered never outlives it.
-- By their ids: another erasure may note the same ones at the same moment.
INSERT INTO erasure_cuts (organisation_id, export_id)
SELECT DISTINCT $1::uuid, p.export_id
FROM export_applications p
WHERE p.organisation_id = $1 AND p.candidate_id = $2
  AND (EXISTS (SELECT FROM export_payloads
               WHERE organisation_id = $1 AND export_id = p.export_id)
       OR EXISTS (SELECT FROM export_jobs
                  WHERE organisation_id = $1 AND export_id = p.export_id))
ORDER BY p.export_id
ON CONFLICT (organisation_id, export_id) DO UPDATE SET noted_at = NULL, retry_at = NULL
