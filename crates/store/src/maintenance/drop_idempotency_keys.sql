-- $1 how long they are kept, in seconds, $2 most keys. The oldest first.
DELETE FROM idempotency_keys k
USING (
    SELECT organisation_id, caller, operation, key FROM idempotency_keys
    WHERE created_at < now() - make_interval(secs => $1)
    ORDER BY created_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
) old
WHERE k.organisation_id = old.organisation_id AND k.caller = old.caller
  AND k.operation = old.operation AND k.key = old.key
