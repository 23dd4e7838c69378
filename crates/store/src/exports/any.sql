  FROM exports e
  LEFT JOIN LATERAL (
      SELECT * FROM export_jobs
       WHERE organisation_id = e.organisation_id AND export_id = e.id
      OFFSET 0
  ) j ON true
 WHERE ($1 IS NULL OR e.organisation_id = $1)
   AND ($2 IS NULL OR e.requested_by_id = $2)
   AND ($3 IS NULL OR e.id = $3)
   AND ($4 IS NULL OR e.id < $4)
   AND ($5 IS NULL OR e.end_state = $5)
   AND ($6 IS NULL OR e.webhook_id = $6)
   AND ($7 IS NULL OR e.vacancy_id = $7)
   AND ($8 IS NULL OR e.requested_by_id = $8)
   -- An id carries the time of its request to the millisecond: the index finds the window.
   AND ($9 IS NULL OR (e.id >= uuid_v7_floor($9) AND e.requested_at >= $9))
   AND ($10 IS NULL
        OR (e.id < uuid_v7_floor($10 + interval '1 millisecond') AND e.requested_at < $10))
 ORDER BY e.id DESC
 LIMIT $11
