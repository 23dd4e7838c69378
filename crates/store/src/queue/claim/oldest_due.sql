-- $1 how much a commit may lag, in seconds
SELECT least(now(), (
           SELECT next_run_at FROM lanes WHERE disabled_at IS NULL ORDER BY next_run_at LIMIT 1))
       - make_interval(secs => $1)
