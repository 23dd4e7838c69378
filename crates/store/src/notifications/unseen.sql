-- $1 organisation, $2 member, $3 the most that are counted
SELECT count(*) FROM (
    SELECT FROM notifications
    WHERE organisation_id = $1 AND member_id = $2 AND seen_at IS NULL
    LIMIT $3
) unseen
