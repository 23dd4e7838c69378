-- $1 most notifications, $2 how a member is told who has not said; seconds from $3 the first notification
-- and $4 the last mail to the next mail, $5 for which who was not seen is mailed. Exports of which somebody
-- was told that they failed: that they were accepted since, or what carries them on was, is told once. After
-- a month it is told no more; at once where the export is gone, whose `accepted` alone is null: of one that
-- goes on again nothing is known yet.
WITH open AS MATERIALIZED (
    SELECT n.organisation_id, n.member_id, n.id, n.export_id, n.webhook_id, e.accepted
    FROM notifications n
    LEFT JOIN LATERAL (
        SELECT coalesce(e.end_state = 'delivered' AND e.outcome = 'delivered', false)
               OR e.continued_as IS NOT NULL AND EXISTS (
                   WITH RECURSIVE next AS (
                       SELECT c.id, c.continued_as, c.end_state, c.outcome, c.finished_at
                       FROM exports c
                       WHERE c.organisation_id = e.organisation_id AND c.id = e.continued_as
                       UNION
                       SELECT c.id, c.continued_as, c.end_state, c.outcome, c.finished_at
                       FROM next
                       JOIN exports c ON c.organisation_id = e.organisation_id
                           AND c.id = next.continued_as
                   )
                   SELECT FROM next
                   WHERE next.end_state = 'delivered' AND next.outcome = 'delivered'
                     AND next.finished_at > n.at
               ) AS accepted
        FROM exports e
        WHERE e.organisation_id = n.organisation_id AND e.id = n.export_id
    ) e ON true
    WHERE n.unresolved
      AND (e.accepted IS NULL OR e.accepted OR n.at < now() - interval '30 days')
    LIMIT $1
), waiting AS MATERIALIZED (
    -- Members before their notifications, as whoever makes mails of these.
    SELECT m.organisation_id, m.id, m.preferences,
           m.email <> '' AND m.last_seen_at > now() - make_interval(secs => $5) AS by_mail
    FROM members m
    WHERE (m.organisation_id, m.id) IN (SELECT organisation_id, member_id FROM open)
    ORDER BY m.organisation_id, m.id
    FOR NO KEY UPDATE
), closed AS (
    UPDATE notifications n SET unresolved = false
    FROM open
    JOIN waiting ON waiting.organisation_id = open.organisation_id AND waiting.id = open.member_id
    WHERE n.organisation_id = open.organisation_id AND n.member_id = open.member_id
      AND n.id = open.id AND n.unresolved
    RETURNING n.organisation_id, n.member_id, n.export_id, n.webhook_id, open.accepted,
              waiting.by_mail, coalesce(waiting.preferences ->> 'export_delivered', $2) AS channel
), made AS (
    INSERT INTO notifications (
        organisation_id, member_id, kind, at, export_id, webhook_id, to_mail)
    SELECT DISTINCT ON (organisation_id, member_id, export_id)
           organisation_id, member_id, 'export_delivered', now(), export_id, webhook_id,
           channel = 'email' AND by_mail
    FROM closed
    WHERE accepted AND channel <> 'off'
    RETURNING organisation_id, member_id, to_mail
), due AS (
    UPDATE members m
    SET mail_due_at = coalesce(m.mail_due_at, greatest(
        now() + make_interval(secs => $3), m.mailed_at + make_interval(secs => $4)))
    FROM (SELECT DISTINCT organisation_id, member_id FROM made WHERE to_mail) made
    WHERE m.organisation_id = made.organisation_id AND m.id = made.member_id
)
SELECT (SELECT count(*) FROM closed) AS closed, (SELECT count(*) FROM made) AS made
