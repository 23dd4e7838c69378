-- $1 organisations, $2 exports that carry somebody who may not be sent any more. Their lanes are locked.
UPDATE export_jobs j SET stop_after_attempt = 'restriction'
FROM unnest($1::uuid[], $2::uuid[]) AS held (organisation_id, export_id)
WHERE j.organisation_id = held.organisation_id AND j.export_id = held.export_id
