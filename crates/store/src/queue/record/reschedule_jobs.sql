-- $1 organisations, $2 exports, $3 next tries, $4 tries that count, $5 ambiguous tries
UPDATE export_jobs j
SET run_at = retried.run_at, schedule_position = retried.counted,
    ambiguous_count = retried.ambiguous,
    attempt_id = NULL, started_at = NULL, lease_until = NULL, worker = NULL
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::integer[], $5::integer[])
    AS retried (organisation_id, export_id, run_at, counted, ambiguous)
WHERE j.organisation_id = retried.organisation_id AND j.export_id = retried.export_id
