-- $1 most members
SELECT organisation_id, id FROM members
WHERE mail_due_at <= now()
ORDER BY mail_due_at
LIMIT $1
FOR NO KEY UPDATE SKIP LOCKED
