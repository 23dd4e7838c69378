  LEFT JOIN LATERAL (
       SELECT failing_since, last_delivered_at, nullif(last_claimed_at, '-infinity') AS last_claimed_at,
              disabled_at, disabled_reason
         FROM lanes
        WHERE organisation_id = w.organisation_id AND webhook_id = w.id
       OFFSET 0
  ) l ON true
 ORDER BY w.is_called_so DESC, w.deleted_at IS NOT NULL, w.id DESC
