-- $1 how far back, in seconds. Each answer comes from an index that holds hardly more than what is asked
-- for: at rest this reads nothing. `parked` is what wake_parked asks, less its details.
SELECT EXISTS (
           SELECT FROM export_jobs j
           WHERE j.attempt_id IS NOT NULL AND j.lease_until < clock_timestamp()) AS lost,
       EXISTS (
           SELECT FROM export_jobs j
           JOIN lanes l ON l.organisation_id = j.organisation_id AND l.webhook_id = j.webhook_id
           WHERE j.attempt_id IS NULL AND j.stop_after_attempt IS NULL
             AND j.run_at > now() - make_interval(secs => $1) AND j.run_at <= now()
             AND l.deleted_at IS NULL
             AND (l.next_run_at > greatest(now(), l.blocked_until) OR l.disabled_at IS NOT NULL))
           AS parked,
       EXISTS (
           SELECT FROM lanes l
           WHERE l.disabled_at IS NOT NULL AND l.next_run_at < 'infinity' AND l.deleted_at IS NULL)
           AS disabled,
       EXISTS (
           SELECT FROM lanes l
           WHERE l.deleted_at IS NOT NULL
             AND EXISTS (
                 SELECT FROM export_jobs j
                 WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
                   AND j.attempt_id IS NULL)) AS deleted,
       EXISTS (
           SELECT FROM export_jobs j
           WHERE j.stop_after_attempt = 'restriction' AND j.attempt_id IS NULL) AS restricted
