-- $1 mail, $2 the try that failed, $3 seconds to the next one
UPDATE mails SET run_at = now() + make_interval(secs => $3)
WHERE id = $1 AND tries = $2 AND sent_at IS NULL AND given_up_at IS NULL
