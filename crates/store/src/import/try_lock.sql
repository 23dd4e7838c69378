-- $1 what is locked, until the transaction ends, $2 seed of its hash
SELECT pg_try_advisory_xact_lock(hashtextextended($1, $2))
