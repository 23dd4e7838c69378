
  ) a
 CROSS JOIN LATERAL (
      SELECT full_name,
             CASE WHEN a.status = 'withdrawn' THEN 'withdrawn'
                  WHEN restricted THEN 'restricted' END AS why_not
        FROM candidates
       WHERE organisation_id = a.organisation_id AND id = a.candidate_id
      OFFSET 0
  ) c
 ORDER BY a.applied_at, a.id
