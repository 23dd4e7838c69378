  -- Exports found by their jobs: few among many that have ended. OFFSET 0 keeps the look-up by key,
  -- whatever the statistics say about a table that is empty one minute and full the next.
  FROM export_jobs j
 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = j.organisation_id AND id = j.export_id
      OFFSET 0
  ) e
  -- The pause of its webhook, while it waits.
  LEFT JOIN LATERAL (
      SELECT * FROM lanes
       WHERE organisation_id = j.organisation_id AND webhook_id = j.webhook_id
      OFFSET 0
  ) l ON true
