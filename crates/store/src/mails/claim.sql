-- $1 most mails, $2 seconds that they are ours, $3 seconds for which who was not seen is mailed: what is
-- theirs after that is given up.
WITH due AS MATERIALIZED (
    SELECT organisation_id, member_id, id FROM mails
    WHERE sent_at IS NULL AND given_up_at IS NULL AND run_at <= now()
    ORDER BY run_at
    LIMIT $1
    FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
    UPDATE mails m
    SET run_at = now() + make_interval(secs => $2), tries = m.tries + 1,
        given_up_at = CASE WHEN p.last_seen_at <= now() - make_interval(secs => $3) THEN now() END
    FROM due
    JOIN members p ON p.organisation_id = due.organisation_id AND p.id = due.member_id
    WHERE m.organisation_id = due.organisation_id AND m.member_id = due.member_id
      AND m.id = due.id
    RETURNING m.organisation_id, m.member_id, m.id, m.made_at, m.tries, m.given_up_at,
              p.name, p.email, p.role
)
SELECT c.id, c.organisation_id, c.member_id, c.name, c.email, c.role, c.made_at, c.tries,
       told.total, told.kinds
FROM claimed c
CROSS JOIN LATERAL (
    SELECT count(*) AS total, coalesce(array_agg(DISTINCT n.kind), '{}') AS kinds
    FROM notifications n WHERE n.mail_id = c.id
) told
WHERE c.given_up_at IS NULL
