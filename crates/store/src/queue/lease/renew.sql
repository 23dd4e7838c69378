-- $1 lease in seconds, $2 organisations, $3 exports, $4 attempts. SKIP LOCKED: a row that is being
-- recorded needs no lease, and waiting for it out of order could deadlock.
WITH held AS MATERIALIZED (
    SELECT j.organisation_id, j.export_id
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS mine (organisation_id, export_id, attempt_id)
    JOIN export_jobs j USING (organisation_id, export_id, attempt_id)
    FOR NO KEY UPDATE OF j SKIP LOCKED
)
UPDATE export_jobs j
SET lease_until = clock_timestamp() + make_interval(secs => $1)
FROM held
WHERE j.organisation_id = held.organisation_id AND j.export_id = held.export_id
