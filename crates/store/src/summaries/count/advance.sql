-- $1 what is counted, $2 how far
UPDATE days_counted SET until = $2 WHERE what = $1
