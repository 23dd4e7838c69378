-- An ended export that may be sent again, and its webhook, locked. $1 organisation, $2 export.
-- As in accept/write.sql, what can have changed since the first look is looked at again under its lock.
WITH webhook AS MATERIALIZED (
    SELECT w.id
    FROM exports e JOIN webhooks w ON w.organisation_id = $1 AND w.id = e.webhook_id
    WHERE e.organisation_id = $1 AND e.id = $2 AND w.deleted_at IS NULL
      AND EXISTS (
          SELECT FROM lanes l
          WHERE l.organisation_id = $1 AND l.webhook_id = w.id AND l.disabled_at IS NULL)
    FOR KEY SHARE OF w
), locked AS MATERIALIZED (
    -- The bytes of an ended export are kept as long as it says until when, and no longer: the sweep may
    -- come later.
    SELECT e.id, e.webhook_id, e.attempt_count, e.payload_bytes, e.continued_as,
           e.bodies_dropped_at
    FROM exports e JOIN webhook ON webhook.id = e.webhook_id
    WHERE e.organisation_id = $1 AND e.id = $2
      AND e.end_state IS NOT NULL AND e.payload_kept_until > now()
    FOR NO KEY UPDATE OF e
), ended AS MATERIALIZED (
    -- After its lock: what carries it on may have been written while that was waited for.
    SELECT id, webhook_id, attempt_count, payload_bytes, bodies_dropped_at
    FROM locked WHERE NOT goes_on($1, continued_as)
)
