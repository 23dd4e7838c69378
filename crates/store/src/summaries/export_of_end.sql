 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = x.organisation_id AND id = x.export_id
      OFFSET 0
  ) e
