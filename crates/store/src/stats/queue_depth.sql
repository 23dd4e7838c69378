SELECT count(*) FILTER (WHERE attempt_id IS NULL AND schedule_position = 0) AS waiting,
       count(*) FILTER (WHERE attempt_id IS NULL AND schedule_position > 0) AS retrying,
       count(*) FILTER (WHERE attempt_id IS NOT NULL) AS leased,
       -- Only what could be sent now, of lanes that know it: a receiver's own pause is no sign of too
       -- few workers.
       (SELECT coalesce(greatest(0, extract(epoch FROM now() - min(first.run_at))), 0)::float8
        FROM lanes l CROSS JOIN LATERAL (
            SELECT j.run_at FROM export_jobs j
            WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
              AND j.attempt_id IS NULL
            ORDER BY j.run_at LIMIT 1) first
        WHERE l.next_run_at <= now() AND l.disabled_at IS NULL AND l.deleted_at IS NULL
          AND l.blocked_until <= now()) AS oldest_due_s,
       (SELECT count(*) FROM lanes WHERE disabled_at IS NOT NULL AND deleted_at IS NULL)
           AS disabled_webhooks
FROM export_jobs
