-- $1 organisations and $2 ids of members who are locked, $3 seconds after which nobody is mailed any more.
-- Nor are they of what they saw, or switched off, meanwhile; who has said nothing of a kind was asked before.
WITH due AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::text[]) AS due (organisation_id, member_id)
), waiting AS MATERIALIZED (
    SELECT n.organisation_id, n.member_id, n.id,
           n.seen_at IS NULL AND n.at > now() - make_interval(secs => $3)
               AND coalesce(m.preferences ->> n.kind, 'email') = 'email' AS tells
    FROM due
    JOIN members m ON m.organisation_id = due.organisation_id AND m.id = due.member_id
    JOIN notifications n ON n.organisation_id = due.organisation_id
        AND n.member_id = due.member_id
    WHERE n.to_mail
), made AS (
    INSERT INTO mails (organisation_id, member_id)
    SELECT DISTINCT organisation_id, member_id FROM waiting WHERE tells
    RETURNING organisation_id, member_id, id
), taken AS (
    UPDATE notifications n
    SET to_mail = false, mail_id = CASE WHEN waiting.tells THEN made.id END
    FROM waiting
    LEFT JOIN made ON made.organisation_id = waiting.organisation_id
        AND made.member_id = waiting.member_id
    WHERE n.organisation_id = waiting.organisation_id AND n.member_id = waiting.member_id
      AND n.id = waiting.id
)
UPDATE members m
SET mail_due_at = NULL, mailed_at = CASE WHEN made.id IS NULL THEN m.mailed_at ELSE now() END
FROM due
LEFT JOIN made ON made.organisation_id = due.organisation_id AND made.member_id = due.member_id
WHERE m.organisation_id = due.organisation_id AND m.id = due.member_id
