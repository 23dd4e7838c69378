-- $1 mail
UPDATE mails SET sent_at = now() WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NULL
