-- $1 since when (null: not), $2 exports to tell of in any case, $6 outcomes of attempts that failed.
-- $7, $8 since when attempts began, and ended, that are looked at. An attempt is found by the time in its
-- id, at which it began: one that began before was seen under way, and is asked for by the id of its
-- export. A lost one is found whenever it ended: the log has no time of that.
WITH touched AS (
    SELECT organisation_id, export_id FROM export_ends WHERE written_at > $1
    UNION
    SELECT e.organisation_id, e.id
      FROM unnest($2::uuid[]) AS asked (id) JOIN exports e ON e.id = asked.id
    UNION
    SELECT organisation_id, id FROM exports WHERE id >= uuid_v7_floor($1)
    UNION
    SELECT organisation_id, export_id FROM export_jobs
     WHERE attempt_id IS NOT NULL AND started_at > $1
    UNION
    SELECT attempt.organisation_id, attempt.export_id
      FROM unnest($6::text[]) AS failed (outcome)
     CROSS JOIN LATERAL (
          SELECT a.organisation_id, a.export_id FROM attempts a
           WHERE a.outcome = failed.outcome AND a.id >= uuid_v7_floor($7)
             AND (a.id >= uuid_v7_floor($1) OR a.outcome = 'worker_lost'
                  OR a.started_at + a.duration_ms * interval '1 millisecond' > $8)
          OFFSET 0
     ) attempt
    UNION
    SELECT a.organisation_id, a.object_id FROM audit_events a
     WHERE a.id >= uuid_v7_floor($1) AND a.action = 'export.resent'
