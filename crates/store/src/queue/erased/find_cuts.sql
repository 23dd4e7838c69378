-- $1 most exports. No organisation takes more than a fifth, and which ones come first changes each time, so
-- that each has its turn. What is on the wire and was told to end comes when it is not any more; that is
-- looked up by key.
SELECT c.organisation_id, c.export_id
FROM (SELECT id FROM organisations ORDER BY random() OFFSET 0) o
CROSS JOIN LATERAL (
    SELECT c.organisation_id, c.export_id
    FROM erasure_cuts c
    CROSS JOIN LATERAL (
        SELECT count(attempt_id) AS leased FROM export_jobs
        WHERE organisation_id = c.organisation_id AND export_id = c.export_id
        OFFSET 0
    ) j
    WHERE c.organisation_id = o.id AND (c.noted_at IS NULL OR j.leased = 0)
      AND (c.retry_at IS NULL OR c.retry_at <= now())
    LIMIT $1::bigint / 5
) c
LIMIT $1
