CREATE TABLE webhooks (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    name text NOT NULL,
    purpose text,
    host text NOT NULL,
    url_sealed bytea,
    url_hmac bytea,
    include text[] NOT NULL,
    replaces uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by_type text NOT NULL,
    created_by_id text NOT NULL,
    created_by_name text NOT NULL,
    created_by_email text NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT webhooks_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT webhooks_id_key UNIQUE (id),
    CONSTRAINT webhooks_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT webhooks_replaces_fkey FOREIGN KEY (organisation_id, replaces) REFERENCES webhooks (organisation_id, id),
    CONSTRAINT webhooks_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT webhooks_purpose_length CHECK (char_length(purpose) BETWEEN 1 AND 200),
    CONSTRAINT webhooks_created_by_type_known CHECK (created_by_type IN ('member', 'api_key')),
    CONSTRAINT webhooks_sealed_while_live CHECK (deleted_at IS NOT NULL OR (url_sealed IS NOT NULL AND url_hmac IS NOT NULL))
);
CREATE UNIQUE INDEX webhooks_live_url_key ON webhooks (organisation_id, url_hmac) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX webhooks_live_name_key ON webhooks (organisation_id, name) WHERE deleted_at IS NULL;
COMMENT ON TABLE webhooks IS 'A registered URL of an organisation. Never changes after creation, but for its deletion: what delivery changes about it lives in lanes';
COMMENT ON COLUMN webhooks.id IS 'UUIDv7';
COMMENT ON COLUMN webhooks.name IS 'Unique among the live webhooks of the organisation';
COMMENT ON COLUMN webhooks.purpose IS 'Why data goes there, in the admin''s words';
COMMENT ON COLUMN webhooks.host IS 'Host of the URL, lower case, punycode; survives deletion';
COMMENT ON COLUMN webhooks.url_sealed IS 'The normalised URL, sealed (XChaCha20-Poly1305); destroyed once a deleted webhook has nothing in flight';
COMMENT ON COLUMN webhooks.url_hmac IS 'HMAC-SHA-256 of the normalised URL: equal URLs are found without opening any';
COMMENT ON COLUMN webhooks.include IS 'Field groups of the payload, fixed at creation';
COMMENT ON COLUMN webhooks.replaces IS 'The deleted webhook that this one takes over from';
COMMENT ON COLUMN webhooks.created_by_type IS 'member or api_key';
COMMENT ON COLUMN webhooks.created_by_id IS 'Subject of the token, or id of the API key';
COMMENT ON COLUMN webhooks.deleted_at IS 'Set once; the row stays for the log';

CREATE TABLE webhook_secrets (
    organisation_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    secret_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    signs_until timestamptz,
    CONSTRAINT webhook_secrets_pkey PRIMARY KEY (organisation_id, webhook_id, id),
    CONSTRAINT webhook_secrets_webhook_id_fkey FOREIGN KEY (organisation_id, webhook_id) REFERENCES webhooks (organisation_id, id)
);
CREATE UNIQUE INDEX webhook_secrets_current_key ON webhook_secrets (organisation_id, webhook_id) WHERE signs_until IS NULL;
COMMENT ON TABLE webhook_secrets IS 'Signing secrets of a webhook: one current, and the previous one while a rotation overlaps';
COMMENT ON COLUMN webhook_secrets.secret_sealed IS 'whsec_… sealed (XChaCha20-Poly1305)';
COMMENT ON COLUMN webhook_secrets.signs_until IS 'Null for the current secret; a rotated one signs along until then';

CREATE TABLE lanes (
    organisation_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    in_flight integer NOT NULL DEFAULT 0,
    cap integer,
    next_run_at timestamptz NOT NULL DEFAULT 'infinity',
    last_claimed_at timestamptz NOT NULL DEFAULT '-infinity',
    blocked_until timestamptz NOT NULL DEFAULT '-infinity',
    failures_in_a_row integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    last_delivered_at timestamptz,
    disabled_at timestamptz,
    disabled_reason text,
    CONSTRAINT lanes_pkey PRIMARY KEY (organisation_id, webhook_id),
    CONSTRAINT lanes_in_flight_counts CHECK (in_flight >= 0),
    CONSTRAINT lanes_cap_positive CHECK (cap > 0),
    CONSTRAINT lanes_disabled_has_reason CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
    CONSTRAINT lanes_disabled_reason_known CHECK (disabled_reason IN ('gone', 'failing')),
    CONSTRAINT lanes_failing_since_failures CHECK ((failing_since IS NULL) = (failures_in_a_row = 0))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
CREATE INDEX lanes_next_run_at_idx ON lanes (next_run_at);
COMMENT ON TABLE lanes IS 'One narrow, hot row per live webhook: its queue and its health. No foreign key points here: its check would hide the lane from SKIP LOCKED';
COMMENT ON COLUMN lanes.in_flight IS 'Jobs of this webhook that are under lease, over all workers';
COMMENT ON COLUMN lanes.cap IS 'Most jobs in flight while the receiver is probed; null: the worker''s WEBHOOK_CONCURRENCY';
COMMENT ON COLUMN lanes.next_run_at IS 'A lower bound of when a job of the lane is due; infinity when the lane is parked';
COMMENT ON COLUMN lanes.last_claimed_at IS 'Lanes take turns by it, oldest first';
COMMENT ON COLUMN lanes.blocked_until IS 'Nothing is claimed before: Retry-After, or the back-off of a probe';
COMMENT ON COLUMN lanes.failures_in_a_row IS 'Attempts that failed by the receiver''s doing since the last success';
COMMENT ON COLUMN lanes.failing_since IS 'When the first of them ended; null while healthy';
COMMENT ON COLUMN lanes.last_delivered_at IS 'When the receiver last accepted an export';
COMMENT ON COLUMN lanes.disabled_at IS 'When delivery was switched off by itself; null while enabled';
COMMENT ON COLUMN lanes.disabled_reason IS 'gone: the receiver answered 410; failing: it failed for days without a break';
