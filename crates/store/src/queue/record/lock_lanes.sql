-- $1 organisations, $2 webhooks. Who finds a lane locked records its results later, so that they hold up
-- no others. In key order all the same, like whoever waits.
SELECT l.organisation_id, l.webhook_id, l.cap, NULLIF(l.blocked_until, '-infinity'),
       l.asked_until,
       l.failures_in_a_row, l.failing_since, l.last_delivered_at,
       l.disabled_at, l.disabled_reason
FROM lanes l
WHERE (l.organisation_id, l.webhook_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
ORDER BY l.organisation_id, l.webhook_id
FOR NO KEY UPDATE OF l SKIP LOCKED
