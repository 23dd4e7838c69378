-- $1 how long they are kept, in seconds
DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(secs => $1)
