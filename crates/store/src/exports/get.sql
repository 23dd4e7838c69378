  -- $1 organisation or null (all), $2 requester whose own are seen or null, $3 export
  FROM exports e
  LEFT JOIN export_jobs j ON j.organisation_id = e.organisation_id AND j.export_id = e.id
  LEFT JOIN lanes l ON l.organisation_id = j.organisation_id AND l.webhook_id = j.webhook_id
 WHERE e.id = $3
   AND ($1::uuid IS NULL OR e.organisation_id = $1)
   AND ($2::text IS NULL OR e.requested_by_id = $2)
