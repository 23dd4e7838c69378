-- $1 last export of the round, $2 all of them
INSERT INTO flag_rounds (since, until, judged)
SELECT until, $1, $2 FROM flag_rounds ORDER BY until DESC LIMIT 1
