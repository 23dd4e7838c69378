SELECT count(*) FROM mails WHERE sent_at IS NULL AND given_up_at IS NULL
