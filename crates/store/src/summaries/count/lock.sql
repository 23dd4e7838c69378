-- $1 what is counted. How far it has come, how far it may come now (five minutes behind, a day at a time), and
-- whether there is more beyond. None where somebody else counts on just now.
SELECT until AS counted, least(until + interval '1 day', now() - interval '5 minutes') AS ready,
       until + interval '1 day' < now() - interval '5 minutes' AS more
FROM days_counted
WHERE what = $1
FOR UPDATE SKIP LOCKED
