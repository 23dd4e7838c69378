-- A deleted webhook keeps its lane while exports of before have work to do: they have come to their end
-- with the deletion, and a sweep writes it in batches.
ALTER TABLE lanes ADD COLUMN deleted_at timestamptz;
COMMENT ON COLUMN lanes.deleted_at IS 'When its webhook was deleted: nothing is claimed any more, what waits has ended as cancelled and a sweep writes that, what is on the wire ends after its attempt';
COMMENT ON TABLE lanes IS 'One narrow, hot row per webhook that is live, or deleted with exports still to be ended: its queue and its health. No foreign key points here: its check would hide the lane from SKIP LOCKED';
UPDATE lanes l SET deleted_at = w.deleted_at
FROM webhooks w
WHERE w.organisation_id = l.organisation_id AND w.id = l.webhook_id AND w.deleted_at IS NOT NULL;
-- All of these but the last are empty at rest. So a look for work to sweep costs the same however many
-- lanes and jobs there are. Built in one go: nobody has run a release with a long queue.
CREATE INDEX lanes_deleted_idx ON lanes (organisation_id, webhook_id) WHERE deleted_at IS NOT NULL;
-- A disabled lane that was swept is parked for good, until something comes.
CREATE INDEX lanes_disabled_idx ON lanes (organisation_id, webhook_id) WHERE disabled_at IS NOT NULL AND next_run_at < 'infinity';
CREATE INDEX webhooks_deleted_sealed_idx ON webhooks (organisation_id, id) WHERE deleted_at IS NOT NULL AND url_sealed IS NOT NULL;
-- What became due lately, whatever its lane: where the wake-up was lost. Written at its end, by whoever
-- asks for an export and for each further try.
CREATE INDEX export_jobs_run_at_idx ON export_jobs (run_at) WHERE attempt_id IS NULL;

-- The end that the deletion of its webhook brought to an export whose job still waits to be swept. The
-- one place that says so; inlined.
CREATE FUNCTION end_with_webhook(lane_deleted_at timestamptz, job_attempt_id uuid, first_accepted_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN lane_deleted_at IS NULL OR job_attempt_id IS NOT NULL THEN NULL
    WHEN first_accepted_at IS NULL THEN 'cancelled'
    ELSE 'delivered'
END;
COMMENT ON FUNCTION end_with_webhook(timestamptz, uuid, timestamptz) IS
    'End state of an export that waited when its webhook was deleted, until the sweep writes it; else null';
