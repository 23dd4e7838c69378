-- $1 for so many seconds at least
SELECT export_id, attempt_number FROM export_jobs
 WHERE attempt_id IS NOT NULL AND started_at <= statement_timestamp() - make_interval(secs => $1)
