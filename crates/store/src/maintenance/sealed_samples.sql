-- Sealed values of live webhooks, and keys of erased references: three for each key that sealed any. A sealed value begins with the
-- length of its key's id, in one byte, and the id. One look at all of them, at a start only.
WITH sealed AS (
    SELECT w.organisation_id, w.id AS webhook_id, 'url' AS field, w.url_sealed AS value
    FROM webhooks w
    WHERE w.deleted_at IS NULL
    UNION ALL
    SELECT s.organisation_id, s.webhook_id, 'secret', s.secret_sealed
    FROM webhooks w
    JOIN webhook_secrets s ON s.organisation_id = w.organisation_id AND s.webhook_id = w.id
    WHERE w.deleted_at IS NULL AND (s.signs_until IS NULL OR s.signs_until > now())
    UNION ALL
    SELECT organisation_id, '00000000-0000-0000-0000-000000000000', 'references', key_sealed
    FROM reference_keys
), numbered AS (
    SELECT sealed.*, row_number() OVER (
        PARTITION BY substring(value FROM 1 FOR get_byte(value, 0) + 1)
        ORDER BY webhook_id DESC) AS number
    FROM sealed
    WHERE length(value) > 0
)
SELECT organisation_id, webhook_id, field, value FROM numbered WHERE number <= 3
