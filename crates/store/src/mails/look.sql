SELECT (SELECT true FROM members WHERE mail_due_at <= now()
        ORDER BY mail_due_at LIMIT 1) IS NOT NULL AS to_make,
       (SELECT true FROM mails
        WHERE sent_at IS NULL AND given_up_at IS NULL AND run_at <= now()
        ORDER BY run_at LIMIT 1) IS NOT NULL AS to_send
