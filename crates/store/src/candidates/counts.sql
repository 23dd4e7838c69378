  ) c
 CROSS JOIN LATERAL (
      -- Apart, since each has an index of its own.
      SELECT (SELECT count(*) FROM applications
               WHERE organisation_id = c.organisation_id AND candidate_id = c.id AND counts)
           + (SELECT count(*) FROM applications
               WHERE organisation_id = c.organisation_id AND candidate_id = c.id AND NOT counts)
          AS applications
      OFFSET 0
  ) applied
 CROSS JOIN LATERAL (
      SELECT count(*) AS exports FROM export_applications
       WHERE organisation_id = c.organisation_id AND candidate_id = c.id
      OFFSET 0
  ) carried
 ORDER BY c.id
