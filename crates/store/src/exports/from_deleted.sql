  -- Exports that the deletion of their webhook ended, until the sweep has written it: from the few lanes
  -- of such webhooks to their jobs, whatever the statistics say.
  FROM (SELECT * FROM lanes WHERE deleted_at IS NOT NULL OFFSET 0) l
 CROSS JOIN LATERAL (
      SELECT * FROM export_jobs
       WHERE organisation_id = l.organisation_id AND webhook_id = l.webhook_id
      OFFSET 0
  ) j
 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = j.organisation_id AND id = j.export_id
      OFFSET 0
  ) e
