CREATE TABLE exports (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    type text NOT NULL,
    webhook_id uuid NOT NULL,
    webhook_name text NOT NULL,
    host text NOT NULL,
    vacancy_id uuid,
    vacancy_title text,
    requested_by_type text NOT NULL,
    requested_by_id text NOT NULL,
    requested_by_name text NOT NULL,
    requested_by_email text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    candidate_count integer NOT NULL,
    payload_bytes integer NOT NULL,
    payload_sha256 bytea NOT NULL,
    payload_kept_until timestamptz,
    end_state text,
    ended_by text,
    outcome text,
    ambiguous boolean NOT NULL DEFAULT false,
    attempt_count integer NOT NULL DEFAULT 0,
    finished_at timestamptz,
    CONSTRAINT exports_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT exports_id_key UNIQUE (id),
    CONSTRAINT exports_webhook_id_fkey FOREIGN KEY (organisation_id, webhook_id) REFERENCES webhooks (organisation_id, id),
    CONSTRAINT exports_type_known CHECK (type IN ('candidates', 'test')),
    CONSTRAINT exports_requested_by_type_known CHECK (requested_by_type IN ('member', 'api_key')),
    CONSTRAINT exports_end_state_known CHECK (end_state IN ('delivered', 'failed', 'cancelled')),
    CONSTRAINT exports_ended_by_known CHECK (ended_by IN ('receiver', 'gave_up', 'member', 'webhook_deleted', 'webhook_disabled')),
    CONSTRAINT exports_ends_whole CHECK ((end_state IS NULL) = (finished_at IS NULL) AND (end_state IS NULL) = (ended_by IS NULL)),
    CONSTRAINT exports_delivered_outcome CHECK (end_state <> 'delivered' OR outcome = 'delivered'),
    CONSTRAINT exports_candidate_count_positive CHECK (candidate_count > 0)
-- Room for one more version of each row on its page: no index holds what the end of an export
-- changes, so that writing it touches no index.
) WITH (fillfactor = 60);
CREATE INDEX exports_requested_by_idx ON exports (organisation_id, requested_by_id, id);
CREATE INDEX exports_webhook_idx ON exports (organisation_id, webhook_id, id);
CREATE INDEX exports_vacancy_idx ON exports (organisation_id, vacancy_id, id);
-- As in vacancies.
ALTER TABLE exports ALTER COLUMN organisation_id SET STATISTICS 0;
COMMENT ON TABLE exports IS 'One confirmed batch of applications for one webhook: what was asked, by whom, and how it ended. No end state: an export_jobs row says where it stands';
COMMENT ON COLUMN exports.id IS 'UUIDv7; the webhook-id on the wire';
COMMENT ON COLUMN exports.type IS 'candidates, or test (made-up people, no vacancy)';
COMMENT ON COLUMN exports.payload_sha256 IS 'SHA-256 of the frozen bytes; stays after they are gone';
COMMENT ON COLUMN exports.payload_kept_until IS 'When the bytes of an ended export will be deleted; null before the end and after the deletion';
COMMENT ON COLUMN exports.end_state IS 'delivered, failed or cancelled; null while in progress';
COMMENT ON COLUMN exports.ended_by IS 'Who brought the end: receiver, gave_up, member, webhook_deleted, webhook_disabled';
COMMENT ON COLUMN exports.outcome IS 'Outcome of the attempt that ended it, or webhook_disabled or expired; null when cancelled before any attempt';
COMMENT ON COLUMN exports.ambiguous IS 'A failed export that may have arrived all the same';
COMMENT ON COLUMN exports.attempt_count IS 'Attempts made until its end, over all resends; while in progress the job counts';

CREATE TABLE export_applications (
    organisation_id uuid NOT NULL,
    export_id uuid NOT NULL,
    sequence integer NOT NULL,
    application_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    CONSTRAINT export_applications_pkey PRIMARY KEY (organisation_id, export_id, sequence),
    CONSTRAINT export_applications_export_id_fkey FOREIGN KEY (organisation_id, export_id) REFERENCES exports (organisation_id, id) ON DELETE CASCADE
);
CREATE INDEX export_applications_candidate_idx ON export_applications (organisation_id, candidate_id);
COMMENT ON TABLE export_applications IS 'Which people an export carries. No foreign key to them: the answer to "where did it go" survives their erasure';
COMMENT ON COLUMN export_applications.sequence IS 'Position in the payload, from 1';

CREATE TABLE export_payloads (
    organisation_id uuid NOT NULL,
    export_id uuid NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT export_payloads_pkey PRIMARY KEY (organisation_id, export_id),
    CONSTRAINT export_payloads_export_id_fkey FOREIGN KEY (organisation_id, export_id) REFERENCES exports (organisation_id, id) ON DELETE CASCADE
);
ALTER TABLE export_payloads ALTER COLUMN body SET COMPRESSION lz4;
COMMENT ON TABLE export_payloads IS 'The frozen bytes of an export, kept until exports.payload_kept_until';
COMMENT ON COLUMN export_payloads.body IS 'JSON (UTF-8), sent unchanged on every try; lz4, because the default compression nearly halves the enqueue rate';

CREATE TABLE export_jobs (
    organisation_id uuid NOT NULL,
    export_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    run_at timestamptz NOT NULL,
    enqueued_at timestamptz NOT NULL DEFAULT now(),
    attempt_number integer NOT NULL DEFAULT 0,
    schedule_position integer NOT NULL DEFAULT 0,
    ambiguous_count integer NOT NULL DEFAULT 0,
    payload_bytes integer NOT NULL,
    stop_after_attempt text,
    attempt_id uuid,
    started_at timestamptz,
    lease_until timestamptz,
    worker text,
    CONSTRAINT export_jobs_pkey PRIMARY KEY (organisation_id, export_id),
    CONSTRAINT export_jobs_export_id_fkey FOREIGN KEY (organisation_id, export_id) REFERENCES exports (organisation_id, id),
    CONSTRAINT export_jobs_leased_whole CHECK (
        (attempt_id IS NULL) = (started_at IS NULL)
        AND (attempt_id IS NULL) = (lease_until IS NULL)
        AND (attempt_id IS NULL) = (worker IS NULL)),
    CONSTRAINT export_jobs_stop_after_attempt_known CHECK (stop_after_attempt IN ('member', 'webhook_deleted'))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX export_jobs_due_idx ON export_jobs (organisation_id, webhook_id, run_at, export_id) WHERE attempt_id IS NULL;
CREATE INDEX export_jobs_delivering_idx ON export_jobs (organisation_id, export_id) WHERE attempt_id IS NOT NULL;
CREATE INDEX export_jobs_retrying_idx ON export_jobs (organisation_id, export_id) WHERE attempt_id IS NULL AND attempt_number > 0;
COMMENT ON TABLE export_jobs IS 'The queue: one narrow row while an export has work to do. queued: no attempt yet; delivering: under lease; retrying: waiting after an attempt; deleted when the export ends';
COMMENT ON COLUMN export_jobs.run_at IS 'When the next attempt is due';
COMMENT ON COLUMN export_jobs.enqueued_at IS 'When the export was last asked for (create or resend); EXPORT_DEADLINE counts from it';
COMMENT ON COLUMN export_jobs.attempt_number IS 'Number of the current or, while waiting, of the last attempt; ever, gapless from 1';
COMMENT ON COLUMN export_jobs.schedule_position IS 'Tries that count on the retry schedule since the last send request';
COMMENT ON COLUMN export_jobs.ambiguous_count IS 'Tries since the last send request after which the receiver may have got the data';
COMMENT ON COLUMN export_jobs.stop_after_attempt IS 'Cancelled while on the wire, and by whom: the attempt finishes, then the export ends';
COMMENT ON COLUMN export_jobs.attempt_id IS 'UUIDv7 of the attempt under way, the fence of its lease; null while waiting';
COMMENT ON COLUMN export_jobs.started_at IS 'When it was claimed, by the database''s clock';
COMMENT ON COLUMN export_jobs.lease_until IS 'After this instant any worker may declare it lost';
COMMENT ON COLUMN export_jobs.worker IS 'Who holds the lease';
