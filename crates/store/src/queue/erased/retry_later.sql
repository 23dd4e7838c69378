-- $1 organisation, $2 export
UPDATE erasure_cuts SET retry_at = now() + interval '1 minute'
WHERE organisation_id = $1 AND export_id = $2
