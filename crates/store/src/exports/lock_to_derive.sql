-- Looks again, under locks, whether an ended export may be derived from. $1 organisation, $2 export,
-- $3 the derived one; idempotency key: $4 caller, $5 operation, $6 key, $7 digest of the request, or
-- nulls. No row: something has changed since the first look.
WITH webhook AS MATERIALIZED (
    SELECT w.id
    FROM exports e JOIN webhooks w ON w.organisation_id = $1 AND w.id = e.webhook_id
    WHERE e.organisation_id = $1 AND e.id = $2 AND w.deleted_at IS NULL
      AND EXISTS (
          SELECT FROM lanes l
          WHERE l.organisation_id = $1 AND l.webhook_id = w.id AND l.disabled_at IS NULL)
    FOR KEY SHARE OF w
), ended AS MATERIALIZED (
    SELECT e.id
    FROM exports e JOIN webhook ON webhook.id = e.webhook_id
    WHERE e.organisation_id = $1 AND e.id = $2
      AND e.end_state IS NOT NULL AND e.payload_kept_until IS NOT NULL
    FOR NO KEY UPDATE OF e
), remembered AS (
    INSERT INTO idempotency_keys (
        organisation_id, caller, operation, key, request_sha256, resource_id)
    SELECT $1, $4, $5, $6, $7, $3 FROM ended WHERE $6::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
)
SELECT id FROM ended WHERE $6::text IS NULL OR EXISTS (SELECT FROM remembered)
