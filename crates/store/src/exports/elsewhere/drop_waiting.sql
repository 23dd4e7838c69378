-- $1 organisation, $2 export. Its lane is locked.
DELETE FROM export_jobs
WHERE organisation_id = $1 AND export_id = $2 AND attempt_id IS NULL
RETURNING attempt_number, ambiguous_count
