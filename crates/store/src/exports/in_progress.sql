  FROM export_jobs j
 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = j.organisation_id AND id = j.export_id
      OFFSET 0
  ) e
 WHERE ($1 IS NULL OR j.organisation_id = $1)
   AND ($2 IS NULL OR e.requested_by_id = $2)
   AND ($3 IS NULL OR j.export_id = $3)
   AND ($4 IS NULL OR j.export_id < $4)
   AND (($5 = 'delivering' AND j.attempt_id IS NOT NULL)
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
 ORDER BY j.export_id DESC
 LIMIT $11
