-- $1 organisation, $2 export; idempotency key: $3 caller, $4 operation, $5 key, or nulls
SELECT w.deleted_at IS NOT NULL AS webhook_deleted, l.disabled_at, l.disabled_reason,
       coalesce(e.payload_kept_until > now(), false) AS payload_kept,
       goes_on($1, e.continued_as) AS goes_on, EXISTS (
           SELECT FROM people_of_export($1, $2) WHERE NOT may_go) AS people_changed,
       k.request_sha256, k.resource_id
FROM exports e
JOIN webhooks w ON w.organisation_id = $1 AND w.id = e.webhook_id
LEFT JOIN lanes l ON l.organisation_id = $1 AND l.webhook_id = e.webhook_id
LEFT JOIN idempotency_keys k ON k.organisation_id = $1 AND k.caller = $3 AND k.operation = $4
    AND k.key = $5
WHERE e.organisation_id = $1 AND e.id = $2
