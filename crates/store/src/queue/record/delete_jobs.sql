-- $1 organisations, $2 exports
DELETE FROM export_jobs j
USING unnest($1::uuid[], $2::uuid[]) AS ended (organisation_id, export_id)
WHERE j.organisation_id = ended.organisation_id AND j.export_id = ended.export_id
