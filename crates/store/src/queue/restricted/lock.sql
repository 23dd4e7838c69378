-- $1 organisation, $2 export. The lane is locked; a job that came to another end meanwhile is not there.
SELECT j.run_at, j.attempt_number, j.schedule_position, j.ambiguous_count
FROM export_jobs j
WHERE j.organisation_id = $1 AND j.export_id = $2
  AND j.stop_after_attempt IN ('restriction', 'erasure') AND j.attempt_id IS NULL
FOR UPDATE
