-- $1 a table with a partition a month, $2 how long it is kept, in seconds. Found by name, since a month
-- that an earlier run detached but did not drop belongs to no table; never this month or the last,
-- whose leases may still end.
SELECT month.relname::text AS name,
       CASE WHEN i.inhrelid IS NULL THEN 'detached'
            WHEN i.inhdetachpending THEN 'pending'
            ELSE 'attached' END AS state
FROM pg_class month
LEFT JOIN pg_inherits i ON i.inhrelid = month.oid AND i.inhparent = $1::text::regclass
WHERE month.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = $1::text::regclass)
  AND month.relkind = 'r' AND month.relname ~ ('^' || $1 || '_[0-9]{4}_[0-9]{2}$')
  AND to_date(right(month.relname, 7), 'YYYY_MM') < least(
      date_trunc('month', (now() - make_interval(secs => $2)) AT TIME ZONE 'UTC'),
      date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')
ORDER BY month.relname
