-- $1 most mails, $2 seconds that they are ours
WITH due AS MATERIALIZED (
    SELECT organisation_id, member_id, id FROM mails
    WHERE sent_at IS NULL AND given_up_at IS NULL AND run_at <= now()
    ORDER BY run_at
    LIMIT $1
    FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
    UPDATE mails m
    SET run_at = now() + make_interval(secs => $2), tries = m.tries + 1
    FROM due
    WHERE m.organisation_id = due.organisation_id AND m.member_id = due.member_id
      AND m.id = due.id
    RETURNING m.organisation_id, m.member_id, m.id, m.made_at, m.tries
)
SELECT c.id, c.organisation_id, c.member_id, p.name, p.email, p.role, c.made_at, c.tries,
       told.total, told.kinds
FROM claimed c
JOIN members p ON p.organisation_id = c.organisation_id AND p.id = c.member_id
CROSS JOIN LATERAL (
    SELECT count(*) AS total, coalesce(array_agg(DISTINCT n.kind), '{}') AS kinds
    FROM notifications n WHERE n.mail_id = c.id
) told
