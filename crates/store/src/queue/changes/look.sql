-- $1 since when ends are looked for, $2 since when all else (both may be null: not), $3 exports to tell
-- of in any case, $4 outcomes of attempts that failed, $5 organisation or null (all), $6 requester whose
-- own are told or null, $7 at most so many.
-- An attempt is found by the time in its id, at which it began: one that took longer than what is looked
-- back over was seen under way, and is asked for by the id of its export.
WITH touched AS (
    SELECT organisation_id, export_id FROM export_ends WHERE written_at > $1
    UNION
    SELECT organisation_id, id FROM exports WHERE id >= uuid_v7_floor($2)
    UNION
    SELECT organisation_id, export_id FROM export_jobs
     WHERE attempt_id IS NOT NULL AND started_at > $2
    UNION
    SELECT attempt.organisation_id, attempt.export_id
      FROM unnest($4::text[]) AS failed (outcome)
     CROSS JOIN LATERAL (
          SELECT a.organisation_id, a.export_id FROM attempts a
           WHERE a.outcome = failed.outcome AND a.id >= uuid_v7_floor($2)
          OFFSET 0
     ) attempt
    UNION
    SELECT a.organisation_id, a.object_id FROM audit_events a
     WHERE a.id >= uuid_v7_floor($2) AND a.action = 'export.resent'
    UNION
    SELECT e.organisation_id, e.id
      FROM unnest($3::uuid[]) AS asked (id) JOIN exports e ON e.id = asked.id
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
     WHERE ($5::uuid IS NULL OR t.organisation_id = $5)
       AND ($6::text IS NULL OR e.requested_by_id = $6)
     -- Where there are more, the oldest ends are left out.
     ORDER BY e.finished_at DESC NULLS FIRST, e.id DESC
     LIMIT $7
)
SELECT clock.at, found.organisation_id, found.export_id, found.requested_by_id, found.status,
       found.attempt_count
  FROM (SELECT statement_timestamp() AS at) clock
  LEFT JOIN found ON true
 ORDER BY found.finished_at NULLS LAST, found.export_id
