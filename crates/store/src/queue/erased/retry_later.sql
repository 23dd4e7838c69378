-- $1 organisation, $2 export, $3 seconds. An erasure that notes it at this moment is not waited for.
UPDATE erasure_cuts SET retry_at = now() + make_interval(secs => $3)
WHERE organisation_id = $1 AND export_id = (
    SELECT export_id FROM erasure_cuts
    WHERE organisation_id = $1 AND export_id = $2
    FOR UPDATE SKIP LOCKED
)
