  LEFT JOIN LATERAL (
      SELECT * FROM export_jobs
       WHERE organisation_id = e.organisation_id AND export_id = e.id
      OFFSET 0
  ) j ON true
