SELECT count(*) FILTER (WHERE attempt_id IS NULL AND schedule_position = 0) AS waiting,
       count(*) FILTER (WHERE attempt_id IS NULL AND schedule_position > 0) AS retrying,
       count(*) FILTER (WHERE attempt_id IS NOT NULL) AS leased,
       coalesce(greatest(0, extract(epoch FROM
           now() - min(run_at) FILTER (WHERE attempt_id IS NULL))), 0)::float8 AS oldest_due_s,
       (SELECT count(*) FROM lanes WHERE disabled_at IS NOT NULL) AS disabled_webhooks
FROM export_jobs
