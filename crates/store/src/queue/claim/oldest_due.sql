-- $1 how much a commit may lag, in seconds. Lanes where nothing is to be done are parked in the future,
-- disabled ones too, so that the index has the answer at its start.
SELECT oldest.next_run_at - make_interval(secs => $1)
FROM (SELECT next_run_at FROM lanes WHERE deleted_at IS NULL ORDER BY next_run_at LIMIT 1) oldest
WHERE oldest.next_run_at <= now()
