-- $1 organisations, $2 webhooks. In key order: two workers that finish over the same lanes
-- would deadlock otherwise.
SELECT l.organisation_id, l.webhook_id, l.cap, NULLIF(l.blocked_until, '-infinity'),
       l.asked_until,
       l.failures_in_a_row, l.failing_since, l.last_delivered_at,
       l.disabled_at, l.disabled_reason
FROM lanes l
WHERE (l.organisation_id, l.webhook_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
ORDER BY l.organisation_id, l.webhook_id
FOR NO KEY UPDATE OF l
