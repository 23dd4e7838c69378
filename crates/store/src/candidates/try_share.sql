-- $1 what an import locks for itself, $2 seed of its hash: shared until the transaction ends
SELECT pg_try_advisory_xact_lock_shared(hashtextextended($1, $2))
