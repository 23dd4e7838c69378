-- $1 mail, $2 the try that failed
UPDATE mails SET given_up_at = now()
WHERE id = $1 AND tries = $2 AND sent_at IS NULL AND given_up_at IS NULL
