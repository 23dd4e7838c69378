-- $1 organisations, $2 webhooks, $3 leases given back, $4 caps, $5 blocked until, $6 failures in a
-- row, $7 failing since, $8 last delivered, $9 disabled at, $10 reasons, $11 earliest next tries, $12 asked
-- until
UPDATE lanes l
SET in_flight = l.in_flight - seen.released, cap = seen.cap,
    blocked_until = coalesce(seen.blocked_until, '-infinity'), asked_until = seen.asked_until,
    failures_in_a_row = seen.failures, failing_since = seen.failing_since,
    last_delivered_at = seen.last_delivered_at,
    disabled_at = seen.disabled_at, disabled_reason = seen.disabled_reason,
    -- Never older than now: claims do not look for lanes that became due long ago.
    next_run_at = CASE WHEN seen.next_run_at IS NULL THEN l.next_run_at
                       ELSE least(l.next_run_at, greatest(seen.next_run_at, now())) END,
    due_from = least(l.due_from, seen.next_run_at)
FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::timestamptz[],
            $6::integer[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[],
            $10::text[], $11::timestamptz[], $12::timestamptz[])
    AS seen (organisation_id, webhook_id, released, cap, blocked_until, failures, failing_since,
             last_delivered_at, disabled_at, disabled_reason, next_run_at, asked_until)
WHERE l.organisation_id = seen.organisation_id AND l.webhook_id = seen.webhook_id
