-- $1 organisations, $2 webhooks, $3 lower bounds of run_at, $4 most jobs and $5 whether only tests go
-- out of the locked lanes, in their turn. What waits for a restriction to be heeded does not go. People are looked at where anybody
-- of the organisation changed their mind since the export was asked for, or in the minute before: their
-- import may have been about to commit. Its view is newer than the locks. now() is the same in all statements of the
-- transaction: what is due here is not taken for a future job where the lane is parked.
SELECT lane.turn, job.export_id, job.payload_bytes, job.run_at,
       coalesce(o.people_changed_at > job.enqueued_at - interval '1 minute', false) AND EXISTS (
           SELECT FROM people_of_export(lane.organisation_id, job.export_id) WHERE NOT may_go)
           AS may_not_go
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::integer[], $5::boolean[])
    WITH ORDINALITY AS lane (organisation_id, webhook_id, due_from, most, only_tests, turn)
CROSS JOIN LATERAL (
    SELECT j.export_id, j.payload_bytes, j.run_at, j.enqueued_at
    FROM export_jobs j
    WHERE j.organisation_id = lane.organisation_id AND j.webhook_id = lane.webhook_id
      AND j.attempt_id IS NULL AND j.run_at >= lane.due_from AND j.run_at <= now()
      AND j.stop_after_attempt IS NULL
      AND (NOT lane.only_tests OR j.attempt_number = 0 AND EXISTS (
          SELECT FROM exports e
          WHERE e.organisation_id = j.organisation_id AND e.id = j.export_id AND e.type = 'test'))
    ORDER BY j.run_at, j.export_id
    LIMIT lane.most
) job
JOIN organisations o ON o.id = lane.organisation_id
ORDER BY lane.turn, job.run_at, job.export_id
