-- $1 organisations, $2 exports
SELECT a.export_id, a.id, a.attempt_number, a.outcome, a.ambiguous, a.http_status, a.started_at,
       a.duration_ms, a.facts, a.request_bytes_sent, a.late_outcome, a.late_http_status,
       a.late_recorded_at
  FROM unnest($1::uuid[], $2::uuid[]) AS asked (organisation_id, export_id)
 CROSS JOIN LATERAL (
      SELECT * FROM attempts
       WHERE organisation_id = asked.organisation_id AND export_id = asked.export_id
      OFFSET 0
  ) a
 ORDER BY a.export_id, a.attempt_number
