-- $3 organisation or null (all), $4 requester whose own are told or null, $5 at most so many
), found AS (
    SELECT e.organisation_id, e.id AS export_id, e.requested_by_id, e.finished_at,
           export_status(
               coalesce(e.end_state, end_with_webhook(l.deleted_at, j.attempt_id, e.first_accepted_at)),
               e.attempt_count, j.attempt_id, j.attempt_number) AS status,
           coalesce(j.attempt_number, e.attempt_count) AS attempt_count
      FROM touched t
      JOIN exports e ON e.organisation_id = t.organisation_id AND e.id = t.export_id
      LEFT JOIN export_jobs j ON j.organisation_id = e.organisation_id AND j.export_id = e.id
      LEFT JOIN lanes l ON l.organisation_id = j.organisation_id AND l.webhook_id = j.webhook_id
     WHERE ($3::uuid IS NULL OR t.organisation_id = $3)
       AND ($4::text IS NULL OR e.requested_by_id = $4)
     -- Where there are more, the oldest ends are left out.
     ORDER BY e.finished_at DESC NULLS FIRST, e.id DESC
     LIMIT $5
)
SELECT clock.at, found.organisation_id, found.export_id, found.requested_by_id, found.status,
       found.attempt_count
  FROM (SELECT statement_timestamp() AS at) clock
  LEFT JOIN found ON true
 ORDER BY found.finished_at NULLS LAST, found.export_id
