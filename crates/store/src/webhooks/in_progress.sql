-- $1 organisation, $2 webhook, $3 rows. OFFSET 0 keeps the look-up by key.
SELECT j.export_id,
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
 LIMIT $3
