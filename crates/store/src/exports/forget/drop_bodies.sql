-- $1 organisation, $2 export. What receivers answered never outlives what was sent.
UPDATE attempts SET response_body = NULL
WHERE organisation_id = $1 AND export_id = $2 AND response_body IS NOT NULL
