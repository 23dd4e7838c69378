 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = walked.organisation_id AND id = walked.export_id
      OFFSET 0
  ) e
