-- Looks again, under locks, whether an ended export may be derived from. $1 organisation, $2 export,
-- $3 the derived one; idempotency key: $4 caller, $5 operation, $6 key, $7 digest of the request, or
-- nulls. No row: something has changed since the first look.
, remembered AS (
    INSERT INTO idempotency_keys (
        organisation_id, caller, operation, key, request_sha256, resource_id)
    SELECT $1, $4, $5, $6, $7, $3 FROM ended WHERE $6::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
)
SELECT id FROM ended WHERE $6::text IS NULL OR EXISTS (SELECT FROM remembered)
