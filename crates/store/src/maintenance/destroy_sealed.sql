-- $1 most webhooks. Deleted ones of which nothing is on the wire: nothing goes out to them any more.
-- Lanes first, like everything that locks them; then their webhooks.
WITH lane AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id
    FROM webhooks w
    JOIN lanes l ON l.organisation_id = w.organisation_id AND l.webhook_id = w.id
    WHERE w.deleted_at IS NOT NULL AND w.url_sealed IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM export_jobs j
          WHERE j.organisation_id = w.organisation_id AND j.webhook_id = w.id
            AND j.attempt_id IS NOT NULL)
    ORDER BY l.organisation_id, l.webhook_id
    LIMIT $1
    FOR UPDATE OF l SKIP LOCKED
), done AS MATERIALIZED (
    SELECT w.organisation_id, w.id, w.deleted_at
    FROM lane
    JOIN webhooks w ON w.organisation_id = lane.organisation_id AND w.id = lane.webhook_id
    FOR UPDATE OF w SKIP LOCKED
), secrets AS (
    DELETE FROM webhook_secrets s USING done
    WHERE s.organisation_id = done.organisation_id AND s.webhook_id = done.id
), marks AS (
    DELETE FROM url_marks m USING done
    WHERE m.organisation_id = done.organisation_id AND m.webhook_id = done.id
), marked AS (
    UPDATE lanes l SET deleted_at = coalesce(l.deleted_at, done.deleted_at)
    FROM done
    WHERE l.organisation_id = done.organisation_id AND l.webhook_id = done.id
)
UPDATE webhooks w SET url_sealed = NULL, url_hmac = NULL FROM done
WHERE w.organisation_id = done.organisation_id AND w.id = done.id
