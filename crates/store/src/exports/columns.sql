-- $1 organisation or null (all), $2 requester whose own are seen or null, $3 id or null,
-- $4 id after which the page starts or null, filters or null: $5 status, $6 webhook,
-- $7 vacancy, $8 requester, $9 from, $10 to; $11 rows. Postgres plans with the values at hand,
-- so that of each OR only one side is left. OFFSET 0 keeps the look-up by key, whatever the
-- statistics say about a table that is empty one minute and full the next.
SELECT e.organisation_id, e.id, e.type AS kind, e.webhook_id, e.webhook_name, e.host,
       e.vacancy_id, e.vacancy_title, e.requested_by_type, e.requested_by_id,
       e.requested_by_name, e.requested_by_email, e.requested_at, e.candidate_count,
       e.payload_bytes, e.payload_sha256, e.payload_kept_until, e.ended_by, e.outcome,
       e.ambiguous, e.finished_at,
       coalesce(j.attempt_number, e.attempt_count) AS attempt_count,
       CASE WHEN e.end_state IS NOT NULL THEN e.end_state
            WHEN j.attempt_id IS NOT NULL THEN 'delivering'
            WHEN j.attempt_number > e.attempt_count THEN 'retrying'
            ELSE 'queued' END AS status,
       CASE WHEN j.attempt_id IS NULL THEN j.run_at END AS next_attempt_at,
       j.stop_after_attempt IS NOT NULL AS stopping
