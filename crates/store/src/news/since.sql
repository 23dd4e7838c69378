-- $1 since when, $2 most
SELECT organisation_id, member_id, id, kind, export_id, webhook_id
FROM notifications
WHERE id >= uuid_v7_floor($1)
ORDER BY id DESC
LIMIT $2
