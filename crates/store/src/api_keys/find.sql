-- $1 SHA-256 of the key. Its last use is noted at most once a minute.
SELECT organisation_id, id, name, role,
       expires_at <= now() AS expired,
       coalesce(last_used_at < now() - interval '1 minute', true) AS to_be_noted
FROM api_keys
WHERE secret_sha256 = $1 AND revoked_at IS NULL
