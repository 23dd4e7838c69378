-- Attempts under way, in the columns of log.sql, and nothing was answered yet. OFFSET 0 keeps the look-up by key.
SELECT j.organisation_id, j.attempt_id, j.export_id, j.webhook_id, e.webhook_name, e.host,
       e.requested_by_id, j.attempt_number, NULL, false, NULL, j.started_at,
       NULL, NULL, NULL, NULL, 0,
       j.payload_bytes, e.payload_sha256, '{}',
       false, false, '{}', NULL, j.worker,
       NULL, NULL, NULL, NULL, NULL
  FROM export_jobs j
 CROSS JOIN LATERAL (
      SELECT * FROM exports
       WHERE organisation_id = j.organisation_id AND id = j.export_id
      OFFSET 0
 ) e
