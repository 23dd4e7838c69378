-- $1 how long the log is kept, in seconds. The months that are dropped of it: see maintenance/old_months.sql.
-- The days of exports go with these, which ask for it when they are deleted.
DELETE FROM attempt_days
WHERE day < least(
    date_trunc('month', (now() - make_interval(secs => $1)) AT TIME ZONE 'UTC'),
    date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')
