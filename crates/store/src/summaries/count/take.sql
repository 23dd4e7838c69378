-- $1 what is counted, $2 most rows. Days that are to be counted again.
DELETE FROM days_to_recount d
USING (
    SELECT organisation_id, id FROM days_to_recount WHERE what = $1 LIMIT $2
) taken
WHERE d.organisation_id = taken.organisation_id AND d.id = taken.id
RETURNING d.organisation_id, d.webhook_id, d.day
