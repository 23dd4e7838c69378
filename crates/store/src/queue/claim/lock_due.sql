-- $1 full cap of a lane, $2 most lanes, $3 no lane is due since before this, $4 saturated
-- organisations, $5 organisations and $6 hosts that are saturated together, $7 responsive webhooks,
-- $8 cap of all others, $9 whether that cap holds
WITH due AS MATERIALIZED (
    SELECT l.organisation_id, l.webhook_id, l.last_claimed_at, l.due_from,
           least(coalesce(l.cap, $1), $1) - l.in_flight AS room,
           NOT $9 OR l.webhook_id IN (SELECT unnest($7::uuid[])) AS responsive,
           $8 - l.in_flight AS unresponsive_room, l.disabled_at IS NOT NULL AS only_tests
    FROM lanes l
    WHERE l.next_run_at >= $3 AND l.next_run_at <= now() AND l.deleted_at IS NULL
      AND (l.blocked_until <= now() AND l.disabled_at IS NULL
           -- A disabled one can be tested, once each time.
           OR l.disabled_at IS NOT NULL AND EXISTS (
               SELECT FROM export_jobs j
               JOIN exports e ON e.organisation_id = j.organisation_id AND e.id = j.export_id
               WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
                 AND j.attempt_id IS NULL AND j.attempt_number = 0 AND e.type = 'test'))
      AND l.in_flight < least(coalesce(l.cap, $1), $1)
      AND (NOT $9 OR l.in_flight < $8 OR l.webhook_id IN (SELECT unnest($7::uuid[])))
      AND l.organisation_id <> ALL($4)
      AND (cardinality($5::uuid[]) = 0 OR NOT EXISTS (
          SELECT FROM webhooks w
          JOIN unnest($5::uuid[], $6::text[]) AS saturated (organisation_id, host)
              USING (organisation_id, host)
          WHERE w.organisation_id = l.organisation_id AND w.id = l.webhook_id))
    ORDER BY l.last_claimed_at, l.organisation_id, l.webhook_id
    LIMIT $2::integer
    FOR NO KEY UPDATE OF l SKIP LOCKED
)
SELECT due.organisation_id, due.webhook_id,
       CASE WHEN due.responsive THEN due.room ELSE least(due.room, due.unresponsive_room) END AS room,
       due.due_from, due.responsive, due.only_tests, w.host, w.url_sealed,
       ARRAY(
           SELECT s.secret_sealed FROM webhook_secrets s
           WHERE s.organisation_id = due.organisation_id AND s.webhook_id = due.webhook_id
             AND (s.signs_until IS NULL OR s.signs_until > now())
           ORDER BY s.signs_until DESC NULLS FIRST
       ) AS secrets_sealed
FROM due
JOIN webhooks w ON w.organisation_id = due.organisation_id AND w.id = due.webhook_id
ORDER BY due.last_claimed_at, due.organisation_id, due.webhook_id
