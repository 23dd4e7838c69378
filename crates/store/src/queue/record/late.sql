-- $1 organisations, $2 attempts, $3 outcomes, $4 statuses, $5 the outcome of what was rescued
UPDATE attempts a
SET late_outcome = seen.outcome, late_http_status = seen.status, late_recorded_at = now()
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[])
    AS seen (organisation_id, id, outcome, status)
WHERE a.organisation_id = seen.organisation_id AND a.id = seen.id
  AND a.outcome = $5 AND a.late_outcome IS NULL
RETURNING a.id, a.organisation_id, a.export_id, a.late_outcome
