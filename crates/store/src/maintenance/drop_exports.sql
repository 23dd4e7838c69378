-- $1 how long the log is kept, in seconds, $2 most exports. Ids carry their time, so the primary key finds the old ones. What has not ended stays.
WITH old AS MATERIALIZED (
    SELECT organisation_id, id
    FROM exports
    WHERE id < uuid_v7_floor(now() - make_interval(secs => $1))
      AND finished_at < now() - make_interval(secs => $1)
      AND payload_kept_until IS NULL
    ORDER BY id
    LIMIT $2
    FOR UPDATE SKIP LOCKED
)
DELETE FROM exports e USING old
WHERE e.organisation_id = old.organisation_id AND e.id = old.id
