 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = j.organisation_id AND id = j.export_id AND end_state IS NULL
      OFFSET 0
  ) e
