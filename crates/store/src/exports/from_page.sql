  -- The exports of a page, each with its job if it has one. OFFSET 0 keeps the look-ups by key, whatever
  -- the statistics say about a table that is empty one minute and full the next.
  ) page
 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = page.organisation_id AND id = page.id
      OFFSET 0
  ) e
