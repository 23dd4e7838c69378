-- $1 key. Waits for whoever holds it; held until the session ends.
SELECT pg_advisory_lock($1)
