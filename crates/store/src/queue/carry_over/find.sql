-- $1 most rows: the first of each successor, then the second of each, and so on, so that none that has much
-- to take over, or fails at it, keeps the others waiting. Successors are few: they are found by steps over
-- the index. What is on the wire finishes first, and what waited is ended by another sweep first: that is
-- looked up by key, from the few rows that there are to the jobs, whatever the statistics say.
WITH RECURSIVE successor AS (
    (SELECT organisation_id, webhook_id FROM carry_overs
      ORDER BY organisation_id, webhook_id LIMIT 1)
    UNION ALL
    SELECT next.organisation_id, next.webhook_id
    FROM successor
    CROSS JOIN LATERAL (
        SELECT c.organisation_id, c.webhook_id FROM carry_overs c
        WHERE (c.organisation_id, c.webhook_id) > (successor.organisation_id, successor.webhook_id)
        ORDER BY c.organisation_id, c.webhook_id LIMIT 1
    ) next
)
SELECT successor.organisation_id, ended.export_id, successor.webhook_id
FROM successor
CROSS JOIN LATERAL (
    SELECT c.export_id, row_number() OVER (ORDER BY c.export_id) AS turn
    FROM carry_overs c
    LEFT JOIN LATERAL (
        SELECT true AS there FROM export_jobs
        WHERE organisation_id = c.organisation_id AND export_id = c.export_id OFFSET 0
    ) job ON true
    WHERE c.organisation_id = successor.organisation_id AND c.webhook_id = successor.webhook_id
      AND job.there IS NULL AND (c.retry_at IS NULL OR c.retry_at <= now())
    ORDER BY c.export_id
    LIMIT $1
) ended
-- Of more successors than there is room for, now these and now those.
ORDER BY ended.turn, random()
LIMIT $1
