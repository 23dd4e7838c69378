-- $1 how far back, in seconds. Each answer is the first row of an index that holds hardly more than what is
-- asked for: at rest this reads nothing. They are asked in the order of their index, because for an
-- EXISTS Postgres expects to come upon a row soon, wherever it begins to read. `parked` is what
-- wake_parked asks, less its details.
SELECT (SELECT true FROM export_jobs j
        WHERE j.attempt_id IS NOT NULL AND j.lease_until < clock_timestamp()
        ORDER BY j.organisation_id, j.export_id LIMIT 1) IS NOT NULL AS lost,
       (SELECT true FROM export_jobs j
        CROSS JOIN LATERAL (
            SELECT * FROM lanes
            WHERE organisation_id = j.organisation_id AND webhook_id = j.webhook_id
            OFFSET 0
        ) l
        WHERE j.attempt_id IS NULL AND j.stop_after_attempt IS NULL
          AND j.run_at > now() - make_interval(secs => $1) AND j.run_at <= now()
          AND l.deleted_at IS NULL
          AND (l.next_run_at > greatest(now(), l.blocked_until) OR l.disabled_at IS NOT NULL)
        ORDER BY j.run_at LIMIT 1) IS NOT NULL AS parked,
       (SELECT true FROM lanes l
        WHERE l.disabled_at IS NOT NULL AND l.next_run_at < 'infinity' AND l.deleted_at IS NULL
        ORDER BY l.organisation_id, l.webhook_id LIMIT 1) IS NOT NULL AS disabled,
       (SELECT true FROM lanes l
        CROSS JOIN LATERAL (
            SELECT FROM export_jobs
            WHERE organisation_id = l.organisation_id AND webhook_id = l.webhook_id
              AND attempt_id IS NULL
            LIMIT 1
        ) j
        WHERE l.deleted_at IS NOT NULL
        ORDER BY l.organisation_id, l.webhook_id LIMIT 1) IS NOT NULL AS deleted,
       (SELECT true FROM export_jobs j
        WHERE j.stop_after_attempt = 'restriction' AND j.attempt_id IS NULL
        ORDER BY j.organisation_id, j.webhook_id, j.export_id LIMIT 1) IS NOT NULL AS restricted,
       (SELECT true FROM carry_overs c
        CROSS JOIN LATERAL (
            SELECT count(*) AS jobs FROM export_jobs
            WHERE organisation_id = c.organisation_id AND export_id = c.export_id
            OFFSET 0
        ) j
        WHERE j.jobs = 0 AND (c.retry_at IS NULL OR c.retry_at <= now())
        ORDER BY c.organisation_id, c.export_id LIMIT 1) IS NOT NULL AS carried,
       (SELECT true FROM news ORDER BY organisation_id, id LIMIT 1) IS NOT NULL AS news,
       (SELECT true FROM erasure_cuts c
        CROSS JOIN LATERAL (
            SELECT count(attempt_id) AS leased FROM export_jobs
            WHERE organisation_id = c.organisation_id AND export_id = c.export_id
            OFFSET 0
        ) j
        WHERE (c.noted_at IS NULL OR j.leased = 0) AND (c.retry_at IS NULL OR c.retry_at <= now())
        ORDER BY c.organisation_id, c.export_id LIMIT 1) IS NOT NULL
       OR (SELECT true FROM erasures e
           WHERE e.look_again_at <= now()
           ORDER BY e.look_again_at LIMIT 1) IS NOT NULL AS erased
