-- $1 organisations, $2 webhooks, $3 lower bounds of run_at and $4 most jobs of the locked lanes, in
-- their turn. Its view is newer than the locks. now() is the same in all statements of the
-- transaction: what is due here is not taken for a future job where the lane is parked.
SELECT lane.turn, job.export_id, job.payload_bytes, job.run_at
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::integer[])
    WITH ORDINALITY AS lane (organisation_id, webhook_id, due_from, most, turn)
CROSS JOIN LATERAL (
    SELECT j.export_id, j.payload_bytes, j.run_at
    FROM export_jobs j
    WHERE j.organisation_id = lane.organisation_id AND j.webhook_id = lane.webhook_id
      AND j.attempt_id IS NULL AND j.run_at >= lane.due_from AND j.run_at <= now()
    ORDER BY j.run_at, j.export_id
    LIMIT lane.most
) job
ORDER BY lane.turn, job.run_at, job.export_id
