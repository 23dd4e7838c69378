-- $1 most webhooks
WITH done AS MATERIALIZED (
    SELECT organisation_id, id
    FROM webhooks w
    WHERE deleted_at IS NOT NULL AND url_sealed IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM export_jobs j
          WHERE j.organisation_id = w.organisation_id AND j.webhook_id = w.id)
    LIMIT $1
    FOR UPDATE SKIP LOCKED
), secrets AS (
    DELETE FROM webhook_secrets s USING done
    WHERE s.organisation_id = done.organisation_id AND s.webhook_id = done.id
), lanes_done AS (
    DELETE FROM lanes l USING done
    WHERE l.organisation_id = done.organisation_id AND l.webhook_id = done.id
)
UPDATE webhooks w SET url_sealed = NULL, url_hmac = NULL FROM done
WHERE w.organisation_id = done.organisation_id AND w.id = done.id
