  -- $1 organisation, $2 requester whose own are seen or null, $3 exports
  FROM exports e
  LEFT JOIN export_jobs j ON j.organisation_id = e.organisation_id AND j.export_id = e.id
  LEFT JOIN lanes l ON l.organisation_id = j.organisation_id AND l.webhook_id = j.webhook_id
 WHERE e.organisation_id = $1 AND e.id = ANY ($3::uuid[])
   AND ($2::text IS NULL OR e.requested_by_id = $2)
