-- $1 organisations, $2 exports, $3 next tries, $4 tries that count, $5 ambiguous tries. Before it is
-- tried again its people are looked at, if anybody of the organisation changed their mind since it was
-- asked for (or in the minute before: the import may have been about to commit).
UPDATE export_jobs j
SET run_at = retried.run_at, schedule_position = retried.counted,
    ambiguous_count = retried.ambiguous,
    stop_after_attempt = CASE WHEN j.stop_after_attempt IS NULL AND EXISTS (
        SELECT FROM organisations o
        JOIN exports e ON e.organisation_id = o.id AND e.id = retried.export_id
        WHERE o.id = retried.organisation_id
          AND o.people_changed_at > e.requested_at - interval '1 minute'
          AND EXISTS (SELECT FROM people_of_export(e.organisation_id, e.id) WHERE NOT may_go))
        THEN 'restriction' ELSE j.stop_after_attempt END,
    attempt_id = NULL, started_at = NULL, lease_until = NULL, worker = NULL
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::integer[], $5::integer[])
    AS retried (organisation_id, export_id, run_at, counted, ambiguous)
WHERE j.organisation_id = retried.organisation_id AND j.export_id = retried.export_id
