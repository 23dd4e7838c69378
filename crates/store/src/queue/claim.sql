-- $1 full cap of a lane, $2 most jobs, $3 most bytes of large payloads, $4 lease in seconds,
-- $5 worker, $6 whether a payload above the budget may go (no other large one is in flight)
WITH due AS MATERIALIZED (
    SELECT organisation_id, webhook_id, last_claimed_at,
           least(coalesce(cap, $1), $1) - in_flight AS room
    FROM lanes
    WHERE next_run_at <= now() AND blocked_until <= now() AND disabled_at IS NULL
      AND in_flight < least(coalesce(cap, $1), $1)
    ORDER BY last_claimed_at, organisation_id, webhook_id
    LIMIT least(64, $2)
    FOR NO KEY UPDATE SKIP LOCKED
), target AS MATERIALIZED (
    SELECT due.*, w.url_sealed,
           ceil($2::float8 / count(*) OVER ())::integer AS share,
           ARRAY(
               SELECT s.secret_sealed FROM webhook_secrets s
               WHERE s.organisation_id = due.organisation_id AND s.webhook_id = due.webhook_id
                 AND (s.signs_until IS NULL OR s.signs_until > now())
               ORDER BY s.signs_until DESC NULLS FIRST
           ) AS secrets_sealed
    FROM due
    JOIN webhooks w ON w.organisation_id = due.organisation_id AND w.id = due.webhook_id
), waiting AS MATERIALIZED (
    -- What is sealed travels along: joined at the end, it would be compared job by lane.
    SELECT target.organisation_id, target.webhook_id, target.last_claimed_at,
           target.url_sealed, target.secrets_sealed, job.export_id, job.payload_bytes,
           row_number() OVER (
               PARTITION BY target.organisation_id, target.webhook_id
               ORDER BY job.run_at, job.export_id) AS round
    FROM target CROSS JOIN LATERAL (
        SELECT j.export_id, j.payload_bytes, j.run_at
        FROM export_jobs j
        WHERE j.organisation_id = target.organisation_id AND j.webhook_id = target.webhook_id
          AND j.attempt_id IS NULL AND j.run_at <= now()
        ORDER BY j.run_at, j.export_id
        LIMIT least(target.room, target.share)
    ) job
), budgeted AS MATERIALIZED (
    -- Small payloads pass by the large ones that wait for the budget.
    SELECT organisation_id, export_id, url_sealed, secrets_sealed, payload_bytes,
           row_number() OVER turn AS position,
           sum(payload_bytes) FILTER (WHERE payload_bytes > 65536) OVER turn AS large_bytes,
           count(*) FILTER (WHERE payload_bytes > 65536) OVER turn AS large_position
    FROM waiting
    WINDOW turn AS (
        ORDER BY round, last_claimed_at, organisation_id, webhook_id ROWS UNBOUNDED PRECEDING)
), leased AS (
    -- The condition is checked again on the newest version of the row: whoever was faster wins.
    UPDATE export_jobs j
    SET attempt_id = uuid_v7(), started_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => $4), worker = $5,
        attempt_number = j.attempt_number + 1
    FROM budgeted
    WHERE j.organisation_id = budgeted.organisation_id AND j.export_id = budgeted.export_id
      AND j.attempt_id IS NULL AND j.run_at <= now()
      AND budgeted.position <= $2
      AND (budgeted.payload_bytes <= 65536 OR budgeted.large_bytes <= $3
           OR (budgeted.large_position = 1 AND $6))
    RETURNING j.organisation_id, j.export_id, j.webhook_id, j.attempt_id, j.attempt_number,
              j.schedule_position, j.ambiguous_count, j.enqueued_at, j.started_at,
              j.payload_bytes, budgeted.url_sealed, budgeted.secrets_sealed
), visited AS (
    SELECT due.organisation_id, due.webhook_id, due.last_claimed_at, coalesce(c.jobs, 0) AS jobs,
           EXISTS (SELECT FROM waiting
                   WHERE waiting.organisation_id = due.organisation_id
                     AND waiting.webhook_id = due.webhook_id) AS busy
    FROM due LEFT JOIN (
        SELECT organisation_id, webhook_id, count(*)::integer AS jobs
        FROM leased GROUP BY organisation_id, webhook_id
    ) c USING (organisation_id, webhook_id)
), raised AS (
    UPDATE lanes l
    SET in_flight = l.in_flight + visited.jobs,
        -- Who had its turn goes to the back, even if its payload did not fit this time.
        last_claimed_at = CASE WHEN visited.busy THEN now() ELSE l.last_claimed_at END,
        -- Only an empty visit parks a lane: until its next job is due; a lane that was busy
        -- a moment ago only briefly, since this statement's snapshot may be older than a job.
        next_run_at = CASE WHEN visited.busy THEN l.next_run_at ELSE greatest(
            least(
                coalesce((
                    SELECT j.run_at FROM export_jobs j
                    WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
                      AND j.attempt_id IS NULL
                    ORDER BY j.run_at LIMIT 1), 'infinity'),
                CASE WHEN l.last_claimed_at > now() - interval '1 second'
                     THEN now() + interval '250 milliseconds' ELSE 'infinity' END),
            now() + interval '1 millisecond') END
    FROM visited
    WHERE l.organisation_id = visited.organisation_id AND l.webhook_id = visited.webhook_id
)
SELECT leased.organisation_id, leased.export_id, leased.webhook_id, leased.attempt_id,
       leased.attempt_number, leased.schedule_position, leased.ambiguous_count,
       leased.enqueued_at, leased.started_at, leased.payload_bytes, e.payload_sha256, e.webhook_name, e.host,
       e.requested_by_id, leased.url_sealed, leased.secrets_sealed, p.body
FROM leased
JOIN exports e ON e.organisation_id = leased.organisation_id AND e.id = leased.export_id
LEFT JOIN export_payloads p
    ON p.organisation_id = leased.organisation_id AND p.export_id = leased.export_id
   AND leased.payload_bytes <= 65536
