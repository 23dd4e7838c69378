-- $1 channel. It may be lost, and waits for no disk.
WITH settings AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
SELECT pg_notify($1, '') FROM settings
