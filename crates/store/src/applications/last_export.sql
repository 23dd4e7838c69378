  -- The newest export of the person that the webhook $1 got, may have got or is about to get: of the last
  -- few, as a preview tells it.
  LEFT JOIN LATERAL (
      SELECT p.export_id, e.requested_at,
             coalesce(nullif(e.requested_by_name, ''), nullif(e.requested_by_email, '')) AS requested_by,
             export_status(e.end_state, e.attempt_count, e.attempt_id, e.attempt_number) AS status,
             e.first_accepted_at IS NOT NULL OR coalesce(e.end_state = 'delivered', false) AS accepted
        FROM (
            SELECT organisation_id, export_id, webhook_id FROM export_applications
             WHERE organisation_id = a.organisation_id AND candidate_id = a.candidate_id
               AND webhook_id = $1
             ORDER BY export_id DESC LIMIT 10
        ) p
       CROSS JOIN LATERAL (
            SELECT o.requested_at, o.requested_by_name, o.requested_by_email, o.attempt_count,
                   o.first_accepted_at, j.attempt_id, j.attempt_number,
                   o.ambiguous OR coalesce(j.ambiguous_count, 0) > 0 AS ambiguous,
                   coalesce(o.end_state,
                       end_with_webhook(l.deleted_at, j.attempt_id, o.first_accepted_at)) AS end_state
              FROM exports o
              LEFT JOIN export_jobs j
                ON j.organisation_id = p.organisation_id AND j.export_id = p.export_id
              LEFT JOIN lanes l
                ON l.organisation_id = p.organisation_id AND l.webhook_id = p.webhook_id
             WHERE o.organisation_id = p.organisation_id AND o.id = p.export_id
            OFFSET 0
       ) e
       WHERE e.end_state IS NULL OR e.end_state = 'delivered' OR e.first_accepted_at IS NOT NULL
          OR e.ambiguous
       ORDER BY p.export_id DESC LIMIT 1
  ) last ON true
