  -- $1 organisation or null (all), $2 requester whose own are seen or null, $3 id after which the page
  -- starts or null, filters or null: $4 status, $5 webhook, $6 vacancy, $7 requester, $8 from, $9 to;
  -- $10 rows. Postgres plans with the values at hand, so that of each OR only one side is left. OFFSET 0
  -- keeps the look-up by key, whatever the statistics say about a table that is empty one minute and
  -- full the next.
  FROM exports e
  LEFT JOIN LATERAL (
      SELECT * FROM export_jobs
       WHERE organisation_id = e.organisation_id AND export_id = e.id
      OFFSET 0
  ) j ON true
 WHERE ($1 IS NULL OR e.organisation_id = $1)
   AND ($2 IS NULL OR e.requested_by_id = $2)
   AND ($3 IS NULL OR e.id < $3)
   AND ($4 IS NULL OR e.end_state = $4)
   AND ($5 IS NULL OR e.webhook_id = $5)
   AND ($6 IS NULL OR e.vacancy_id = $6)
   AND ($7 IS NULL OR e.requested_by_id = $7)
   -- An id carries the time of its request to the millisecond: the index finds the window.
   AND ($8 IS NULL OR (e.id >= uuid_v7_floor($8) AND e.requested_at >= $8))
   AND ($9 IS NULL
        OR (e.id < uuid_v7_floor($9 + interval '1 millisecond') AND e.requested_at < $9))
 ORDER BY e.id DESC
 LIMIT $10
