-- $1 organisations and $2 webhooks of the locked lanes, $3 jobs that were leased, $4 whether any was
-- due, $5 since when one is due that was left, $6 how much a commit may lag, in seconds
UPDATE lanes l
SET in_flight = l.in_flight + visited.leased,
    -- Who had its turn goes to the back, even if its payload did not fit this time.
    last_claimed_at = CASE WHEN visited.had_due THEN now() ELSE l.last_claimed_at END,
    -- Parked until its next job when nothing due is left. That is sure: this statement's view is
    -- newer than the lock on the lane, and whoever adds a job waits for that lock before it looks
    -- whether the lane must be made due.
    -- A disabled lane stays where it is: the sweep parks it once it has ended what waits.
    next_run_at = CASE WHEN l.disabled_at IS NOT NULL THEN l.next_run_at
        WHEN visited.left_since IS NULL THEN coalesce((
        SELECT j.run_at FROM export_jobs j
        WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
          AND j.attempt_id IS NULL AND j.run_at > now()
        ORDER BY j.run_at LIMIT 1), 'infinity') ELSE now() END,
    -- Nothing older is looked for from now on: behind somebody's long transaction every job that
    -- was here leaves a dead entry in the index. Commits may lag, so does the bound.
    due_from = greatest(l.due_from,
        coalesce(visited.left_since, now()) - make_interval(secs => $6))
FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::boolean[], $5::timestamptz[])
    AS visited (organisation_id, webhook_id, leased, had_due, left_since)
WHERE l.organisation_id = visited.organisation_id AND l.webhook_id = visited.webhook_id
