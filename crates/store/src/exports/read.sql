-- $1 organisation or null (all), $2 requester whose own are seen or null, $3 id or null,
-- $4 id after which the page starts or null, filters or null: $5 status, $6 webhook,
-- $7 vacancy, $8 requester, $9 from, $10 to; $11 rows. Postgres plans with the values at hand,
-- so that of each OR only one side is left.
SELECT e.organisation_id, e.id, e.type AS kind, e.webhook_id, e.webhook_name, e.host,
       e.vacancy_id, e.vacancy_title, e.requested_by_type, e.requested_by_id,
       e.requested_by_name, e.requested_by_email, e.requested_at, e.candidate_count,
       e.payload_bytes, e.payload_sha256, e.payload_kept_until, e.ended_by, e.outcome,
       e.ambiguous, e.finished_at,
       coalesce(j.attempt_number, e.attempt_count) AS attempt_count,
       CASE WHEN e.end_state IS NOT NULL THEN e.end_state
            WHEN j.attempt_id IS NOT NULL THEN 'delivering'
            WHEN j.attempt_number > e.attempt_count THEN 'retrying'
            ELSE 'queued' END AS status,
       CASE WHEN j.attempt_id IS NULL THEN j.run_at END AS next_attempt_at,
       j.stop_after_attempt IS NOT NULL AS stopping
  FROM exports e
  LEFT JOIN export_jobs j ON j.organisation_id = e.organisation_id AND j.export_id = e.id
 WHERE ($1 IS NULL OR e.organisation_id = $1)
   AND ($2 IS NULL OR e.requested_by_id = $2)
   AND ($3 IS NULL OR e.id = $3)
   AND ($4 IS NULL OR e.id < $4)
   AND ($5 IS NULL
        OR ($5 IN ('delivered', 'failed', 'cancelled') AND e.end_state = $5)
        OR ($5 = 'delivering' AND j.attempt_id IS NOT NULL)
        -- attempt_count is that of before a resend; attempt_number > 0 is what the index says.
        OR ($5 = 'retrying' AND j.attempt_id IS NULL AND j.attempt_number > 0
            AND j.attempt_number > e.attempt_count)
        OR ($5 = 'queued' AND j.attempt_id IS NULL AND j.attempt_number = e.attempt_count))
   AND ($6 IS NULL OR e.webhook_id = $6)
   AND ($7 IS NULL OR e.vacancy_id = $7)
   AND ($8 IS NULL OR e.requested_by_id = $8)
   -- An id carries the time of its request to the millisecond: the index finds the window.
   AND ($9 IS NULL OR (e.id >= uuid_v7_floor($9) AND e.requested_at >= $9))
   AND ($10 IS NULL
        OR (e.id < uuid_v7_floor($10 + interval '1 millisecond') AND e.requested_at < $10))
 ORDER BY e.id DESC
 LIMIT $11
