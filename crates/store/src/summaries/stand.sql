-- $1 what is counted. How far, and whether any day is to be counted again.
SELECT until, EXISTS (SELECT FROM days_to_recount WHERE what = $1) AS again
FROM days_counted WHERE what = $1
