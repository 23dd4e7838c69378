-- $1 organisation, $2 key. By the clock of whoever notes first within a minute.
UPDATE api_keys
SET last_used_at = now()
WHERE organisation_id = $1 AND id = $2
  AND coalesce(last_used_at < now() - interval '1 minute', true)
