-- $1 seconds that they are kept, $2 most of each
WITH mail AS (
    DELETE FROM mails m
    USING (
        SELECT organisation_id, member_id, id FROM mails
        WHERE id < uuid_v7_floor(now() - make_interval(secs => $1))
        ORDER BY id
        LIMIT $2
        FOR UPDATE SKIP LOCKED
    ) old
    WHERE m.organisation_id = old.organisation_id AND m.member_id = old.member_id
      AND m.id = old.id
)
DELETE FROM notifications n
USING (
    SELECT organisation_id, member_id, id FROM notifications
    WHERE id < uuid_v7_floor(now() - make_interval(secs => $1))
    ORDER BY id
    LIMIT $2
    FOR UPDATE SKIP LOCKED
) old
WHERE n.organisation_id = old.organisation_id AND n.member_id = old.member_id AND n.id = old.id
