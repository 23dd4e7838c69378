-- $1 most lanes. Those of deleted webhooks that have nothing left: neither jobs nor what was sealed.
WITH done AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id
    FROM lanes l
    WHERE l.deleted_at IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM export_jobs j
          WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id)
      AND NOT EXISTS (
          SELECT FROM webhooks w
          WHERE w.organisation_id = l.organisation_id AND w.id = l.webhook_id
            AND w.url_sealed IS NOT NULL)
    ORDER BY l.organisation_id, l.webhook_id
    LIMIT $1
    FOR UPDATE OF l SKIP LOCKED
)
DELETE FROM lanes l USING done
WHERE l.organisation_id = done.organisation_id AND l.webhook_id = done.webhook_id
