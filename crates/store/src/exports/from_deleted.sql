  -- Exports that the deletion of their webhook ended, until the sweep has written it. OFFSET 0 keeps
  -- the look-up by key.
  FROM lanes l
  JOIN export_jobs j ON j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id
 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = j.organisation_id AND id = j.export_id
      OFFSET 0
  ) e
