-- $1 most mails, $2 seconds that they are ours, $3 seconds for which who was not seen is mailed: what is
-- theirs after that is given up, and what they saw, or switched off, since it was made.
WITH due AS MATERIALIZED (
    SELECT organisation_id, member_id, id FROM mails
    WHERE sent_at IS NULL AND given_up_at IS NULL AND run_at <= now()
    ORDER BY run_at
    LIMIT $1
    FOR NO KEY UPDATE SKIP LOCKED
), left_out AS (
    UPDATE notifications n SET mail_id = NULL
    FROM due
    JOIN members p ON p.organisation_id = due.organisation_id AND p.id = due.member_id
    WHERE n.mail_id = due.id
      AND (n.seen_at IS NOT NULL OR coalesce(p.preferences ->> n.kind, 'email') <> 'email')
    RETURNING n.mail_id
), told AS MATERIALIZED (
    SELECT due.id, count(n.id) AS total, coalesce(array_agg(DISTINCT n.kind), '{}') AS kinds
    FROM due
    JOIN members p ON p.organisation_id = due.organisation_id AND p.id = due.member_id
    JOIN notifications n ON n.mail_id = due.id AND n.seen_at IS NULL
        AND coalesce(p.preferences ->> n.kind, 'email') = 'email'
    GROUP BY due.id
), claimed AS (
    UPDATE mails m
    SET run_at = now() + make_interval(secs => $2), tries = m.tries + 1,
        given_up_at = CASE WHEN p.last_seen_at <= now() - make_interval(secs => $3)
                             OR told.id IS NULL THEN now() END
    FROM due
    LEFT JOIN told ON told.id = due.id
    JOIN members p ON p.organisation_id = due.organisation_id AND p.id = due.member_id
    WHERE m.organisation_id = due.organisation_id AND m.member_id = due.member_id
      AND m.id = due.id
    RETURNING m.organisation_id, m.member_id, m.id, m.made_at, m.tries, m.given_up_at,
              p.name, p.email, p.role, told.total, told.kinds
)
SELECT c.id, c.organisation_id, c.member_id, c.name, c.email, c.role, c.made_at, c.tries,
       c.total, c.kinds
FROM claimed c
WHERE c.given_up_at IS NULL
