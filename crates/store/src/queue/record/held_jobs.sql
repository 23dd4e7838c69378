-- $1 organisations, $2 exports, $3 attempts
SELECT j.attempt_id, j.stop_after_attempt
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS mine (organisation_id, export_id, attempt_id)
JOIN export_jobs j USING (organisation_id, export_id, attempt_id)
