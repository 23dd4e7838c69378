-- $1 seconds that a member is known, $2 most members
DELETE FROM members m
USING (
    SELECT organisation_id, id FROM members
    WHERE last_seen_at < now() - make_interval(secs => $1)
    ORDER BY last_seen_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
) old
WHERE m.organisation_id = old.organisation_id AND m.id = old.id
