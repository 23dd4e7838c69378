-- $1 organisation, $2 webhook, $3 rows: what is in progress to it, and what it is still to take over from
-- the webhook that it replaced, as it stands there (exports/columns.sql). OFFSET 0 keeps the look-up by key.
(SELECT j.export_id,
        export_status(NULL, e.attempt_count, j.attempt_id, j.attempt_number) AS status,
        CASE WHEN j.attempt_id IS NULL THEN greatest(j.run_at, l.blocked_until) END AS next_attempt_at
   FROM export_jobs j
  CROSS JOIN LATERAL (
       SELECT attempt_count FROM exports
        WHERE organisation_id = j.organisation_id AND id = j.export_id
       OFFSET 0
   ) e
   LEFT JOIN lanes l ON l.organisation_id = $1 AND l.webhook_id = $2
  WHERE j.organisation_id = $1 AND j.webhook_id = $2
  ORDER BY j.export_id
  LIMIT $3)
UNION ALL
(SELECT c.export_id,
        export_status(
            coalesce(e.end_state, end_with_webhook(l.deleted_at, j.attempt_id, e.first_accepted_at)),
            e.attempt_count, j.attempt_id, j.attempt_number),
        NULL
   FROM carry_overs c
  CROSS JOIN LATERAL (
       SELECT end_state, attempt_count, first_accepted_at FROM exports
        WHERE organisation_id = c.organisation_id AND id = c.export_id
       OFFSET 0
   ) e
   LEFT JOIN LATERAL (
       SELECT webhook_id, attempt_id, attempt_number FROM export_jobs
        WHERE organisation_id = c.organisation_id AND export_id = c.export_id
       OFFSET 0
   ) j ON true
   LEFT JOIN LATERAL (
       SELECT deleted_at FROM lanes
        WHERE organisation_id = c.organisation_id AND webhook_id = j.webhook_id
       OFFSET 0
   ) l ON true
  WHERE c.organisation_id = $1 AND c.webhook_id = $2
  ORDER BY c.export_id
  LIMIT $3)
ORDER BY export_id
LIMIT $3
