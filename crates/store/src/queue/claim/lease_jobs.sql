-- $1 organisations, $2 webhooks, $3 rooms and $4 lower bounds of run_at of the locked lanes, in
-- their turn; $5 most jobs, $6 most bytes of large payloads, $7 lease in seconds, $8 worker,
-- $9 whether a payload above the budget may go (no other large one is in flight), $10 whether
-- each lane is responsive, $11 most jobs of those that are not, $12 most bytes of a small payload,
-- $13 how much a commit may lag, in seconds
WITH target AS MATERIALIZED (
    SELECT lane.organisation_id, lane.webhook_id, lane.due_from, lane.responsive, lane.turn,
           least(lane.room, ceil($5::float8 / count(*) OVER ())::integer) AS most
    FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::timestamptz[], $10::boolean[])
        WITH ORDINALITY AS lane (organisation_id, webhook_id, room, due_from, responsive, turn)
), waiting AS MATERIALIZED (
    -- One more than it may take: so a lane knows whether something is left for the next turn.
    SELECT target.organisation_id, target.webhook_id, target.turn, target.most, target.responsive,
           job.export_id, job.payload_bytes, job.run_at,
           row_number() OVER (PARTITION BY target.turn ORDER BY job.run_at, job.export_id) AS round
    FROM target CROSS JOIN LATERAL (
        SELECT j.export_id, j.payload_bytes, j.run_at
        FROM export_jobs j
        WHERE j.organisation_id = target.organisation_id AND j.webhook_id = target.webhook_id
          AND j.attempt_id IS NULL
          AND j.run_at >= target.due_from AND j.run_at <= statement_timestamp()
        ORDER BY j.run_at, j.export_id
        LIMIT target.most + 1
    ) job
), budgeted AS MATERIALIZED (
    -- Small payloads pass by the large ones that wait for the budget.
    SELECT organisation_id, export_id, payload_bytes, responsive,
           row_number() OVER turns AS position,
           count(*) FILTER (WHERE NOT responsive) OVER turns AS unresponsive_position,
           sum(payload_bytes) FILTER (WHERE payload_bytes > $12) OVER turns AS large_bytes,
           count(*) FILTER (WHERE payload_bytes > $12) OVER turns AS large_position
    FROM waiting
    WHERE round <= most
    WINDOW turns AS (ORDER BY round, turn ROWS UNBOUNDED PRECEDING)
), leased AS (
    UPDATE export_jobs j
    SET attempt_id = uuid_v7(), started_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => $7), worker = $8,
        attempt_number = j.attempt_number + 1
    FROM budgeted
    WHERE j.organisation_id = budgeted.organisation_id AND j.export_id = budgeted.export_id
      AND j.attempt_id IS NULL
      AND budgeted.position <= $5 AND (budgeted.responsive OR budgeted.unresponsive_position <= $11)
      AND (budgeted.payload_bytes <= $12 OR budgeted.large_bytes <= $6
           OR (budgeted.large_position = 1 AND $9))
    RETURNING j.organisation_id, j.export_id, j.webhook_id, j.attempt_id, j.attempt_number,
              j.schedule_position, j.ambiguous_count, j.enqueued_at, j.started_at, j.payload_bytes
), seen AS (
    SELECT waiting.turn, count(leased.export_id)::integer AS jobs,
           min(waiting.run_at) FILTER (WHERE leased.export_id IS NULL) AS left_since
    FROM waiting LEFT JOIN leased USING (organisation_id, export_id)
    GROUP BY waiting.turn
), raised AS (
    UPDATE lanes l
    SET in_flight = l.in_flight + coalesce(seen.jobs, 0),
        -- Who had its turn goes to the back, even if its payload did not fit this time.
        last_claimed_at = CASE WHEN seen.turn IS NULL THEN l.last_claimed_at ELSE now() END,
        -- Parked until its next job when nothing due is left. That is sure: this statement's view
        -- is newer than the lock on the lane, and whoever adds a job waits for that lock before
        -- it looks whether the lane must be woken.
        next_run_at = CASE WHEN seen.left_since IS NULL THEN coalesce((
            SELECT j.run_at FROM export_jobs j
            WHERE j.organisation_id = target.organisation_id AND j.webhook_id = target.webhook_id
              AND j.attempt_id IS NULL AND j.run_at > statement_timestamp()
            ORDER BY j.run_at LIMIT 1), 'infinity') ELSE now() END,
        -- Nothing older is looked for from now on: behind somebody's long transaction every job
        -- that was here leaves a dead entry in the index. Commits may lag, so does the bound.
        due_from = greatest(l.due_from,
            coalesce(seen.left_since, statement_timestamp()) - make_interval(secs => $13))
    FROM target LEFT JOIN seen USING (turn)
    WHERE l.organisation_id = target.organisation_id AND l.webhook_id = target.webhook_id
)
SELECT leased.organisation_id, leased.export_id, leased.webhook_id, leased.attempt_id,
       leased.attempt_number, leased.schedule_position, leased.ambiguous_count,
       leased.enqueued_at, leased.started_at, leased.payload_bytes, p.body
FROM leased
LEFT JOIN export_payloads p
    ON p.organisation_id = leased.organisation_id AND p.export_id = leased.export_id
   AND leased.payload_bytes <= $12
