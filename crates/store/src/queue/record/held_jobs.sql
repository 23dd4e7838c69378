-- $1 organisations, $2 exports, $3 attempts, $4 only those whose lease has expired
SELECT j.attempt_id, j.stop_after_attempt
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS mine (organisation_id, export_id, attempt_id)
JOIN export_jobs j USING (organisation_id, export_id, attempt_id)
WHERE NOT $4 OR j.lease_until < clock_timestamp()
