-- $1 organisations, $2 exports, $3 attempts
DELETE FROM export_jobs j
USING unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS mine (organisation_id, export_id, attempt_id)
WHERE j.organisation_id = mine.organisation_id AND j.export_id = mine.export_id
  AND j.attempt_id = mine.attempt_id
RETURNING j.attempt_id
