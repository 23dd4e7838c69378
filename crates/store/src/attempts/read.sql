-- $1 organisation or null (all), $2 requester whose own are seen or null, $3 id after which the
-- page starts or null, filters or null: $4 export, $5 webhook, $6 outcome, $7 HTTP status,
-- $8 host, $9 from, $10 to, $11 requester; $12 rows; $13 an instant that no id of the page reaches.
-- {direction} and {beyond} give the order; the keys are what an index is asked for, one after the
-- other, each with its condition (`Lookup`).
-- Both halves see one snapshot: an attempt is in exactly one of them. Postgres plans with the
-- values at hand, so that of each OR only one side is left, and that it leaves out whole months:
-- bounds of ids must not need its clock. OFFSET 0 keeps look-ups by key.
SELECT attempt.*, e.candidate_count
  FROM (
      (SELECT a.*
         FROM {keys}
        CROSS JOIN LATERAL (
             SELECT a.organisation_id, a.id, a.export_id, a.webhook_id, a.webhook_name, a.host,
                    a.requested_by_id, a.attempt_number, a.outcome, a.ambiguous, a.http_status,
                    a.started_at, a.duration_ms, a.dns_ms, a.connect_ms, a.first_byte_ms,
                    a.request_bytes_sent, a.payload_bytes, a.payload_sha256, a.response_headers,
                    a.response_body, a.response_truncated, a.response_too_large, a.facts,
                    a.resolved_address, a.worker, a.next_attempt_at, a.late_outcome,
                    a.late_http_status, a.late_recorded_at
               FROM attempts a
              WHERE {key}
                AND ($1 IS NULL OR a.organisation_id = $1)
                AND ($2 IS NULL OR a.requested_by_id = $2)
                AND ($3 IS NULL OR a.id {beyond} $3)
                AND ($4 IS NULL OR a.export_id = $4)
                AND ($5 IS NULL OR a.webhook_id = $5)
                AND ($6 IS NULL OR a.outcome = $6)
                AND ($7 IS NULL OR a.http_status = $7)
                AND ($8 IS NULL OR a.host = $8)
                -- An id carries the start of its attempt to the millisecond: index and
                -- partitions find the window.
                AND ($9 IS NULL OR (a.id >= uuid_v7_floor($9) AND a.started_at >= $9))
                AND a.id < uuid_v7_floor($13) AND ($10 IS NULL OR a.started_at < $10)
                AND ($11 IS NULL OR a.requested_by_id = $11)
              ORDER BY a.id {direction}
              LIMIT $12) a
        ORDER BY a.id {direction}
        LIMIT $12)
      UNION ALL
      (SELECT j.organisation_id, j.attempt_id, j.export_id, j.webhook_id, e.webhook_name, e.host,
              e.requested_by_id, j.attempt_number, NULL, false, NULL,
              j.started_at, NULL, NULL, NULL, NULL,
              0, j.payload_bytes, e.payload_sha256, '{}',
              NULL, false, false, '{}',
              NULL, j.worker, NULL, NULL,
              NULL, NULL
         FROM export_jobs j
        CROSS JOIN LATERAL (
             SELECT * FROM exports
              WHERE organisation_id = j.organisation_id AND id = j.export_id
             OFFSET 0
         ) e
        WHERE j.attempt_id IS NOT NULL
          AND ($1 IS NULL OR j.organisation_id = $1)
          AND ($2 IS NULL OR e.requested_by_id = $2)
          AND ($3 IS NULL OR j.attempt_id {beyond} $3)
          AND ($4 IS NULL OR j.export_id = $4)
          AND ($5 IS NULL OR j.webhook_id = $5)
          AND $6 IS NULL
          AND $7 IS NULL
          AND ($8 IS NULL OR e.host = $8)
          AND ($9 IS NULL OR j.started_at >= $9)
          AND ($10 IS NULL OR j.started_at < $10)
          AND ($11 IS NULL OR e.requested_by_id = $11)
        ORDER BY j.attempt_id {direction}
        LIMIT $12)
  ) attempt
  LEFT JOIN LATERAL (
      SELECT candidate_count FROM exports
       WHERE organisation_id = attempt.organisation_id AND id = attempt.export_id
      OFFSET 0
  ) e ON true
 ORDER BY attempt.id {direction}
 LIMIT $12
