  -- The exports of a page, each with its job if it has one. OFFSET 0 keeps the look-ups by key, whatever
  -- the statistics say about a table that is empty one minute and full the next.
  ) page
 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = page.organisation_id AND id = page.id
      OFFSET 0
  ) e
  LEFT JOIN LATERAL (
      SELECT * FROM export_jobs
       WHERE organisation_id = e.organisation_id AND export_id = e.id
      OFFSET 0
  ) j ON true
  -- The pause of its webhook, while it waits.
  LEFT JOIN LATERAL (
      SELECT * FROM lanes
       WHERE organisation_id = j.organisation_id AND webhook_id = j.webhook_id
      OFFSET 0
  ) l ON true
 ORDER BY e.id DESC
