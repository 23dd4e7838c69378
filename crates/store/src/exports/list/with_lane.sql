  LEFT JOIN LATERAL (
      SELECT * FROM lanes
       WHERE organisation_id = j.organisation_id AND webhook_id = j.webhook_id
      OFFSET 0
  ) l ON true
