-- $1 organisations, $2 exports, $3 attempts. Locked, so that a renewal either came before and shows
-- here, or passes the row over.
SELECT j.attempt_id, j.stop_after_attempt
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS lost (organisation_id, export_id, attempt_id)
JOIN export_jobs j USING (organisation_id, export_id, attempt_id)
WHERE j.lease_until < clock_timestamp()
FOR UPDATE OF j SKIP LOCKED
