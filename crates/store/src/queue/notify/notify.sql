-- $1 organisations, $2 webhooks, $3 channel. A notification may be lost: it waits neither for the
-- disk nor, for long, for a lock (for this transaction only, since a pooler may share the session).
-- The lane is locked before it is looked at: a claim that parks it right now is waited for, so that
-- its parking is seen. A lane that is due already is not written.
WITH settings AS MATERIALIZED (
    SELECT set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '500ms', true)
), lane AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id, l.next_run_at, l.blocked_until
    FROM lanes l
    WHERE (SELECT count(*) FROM settings) = 1
      AND (l.organisation_id, l.webhook_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
      AND l.deleted_at IS NULL
    ORDER BY l.organisation_id, l.webhook_id
    FOR NO KEY UPDATE OF l
), due AS (
    UPDATE lanes l SET next_run_at = greatest(now(), lane.blocked_until)
    FROM lane
    WHERE l.organisation_id = lane.organisation_id AND l.webhook_id = lane.webhook_id
      AND lane.next_run_at > greatest(now(), lane.blocked_until)
)
SELECT pg_notify($3, '')
