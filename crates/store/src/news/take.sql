-- $1 most news. What another worker is at is left to it.
SELECT organisation_id, id FROM news
ORDER BY organisation_id, id
LIMIT $1
FOR UPDATE SKIP LOCKED
