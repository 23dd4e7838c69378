CREATE TABLE attempts (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    export_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    webhook_name text NOT NULL,
    host text NOT NULL,
    requested_by_id text NOT NULL,
    attempt_number integer NOT NULL,
    outcome text NOT NULL,
    ambiguous boolean NOT NULL,
    http_status smallint,
    started_at timestamptz NOT NULL,
    duration_ms integer NOT NULL,
    dns_ms integer,
    connect_ms integer,
    first_byte_ms integer,
    request_bytes_sent integer NOT NULL,
    payload_bytes integer NOT NULL,
    payload_sha256 bytea NOT NULL,
    response_headers jsonb NOT NULL,
    response_body bytea,
    response_truncated boolean NOT NULL,
    response_too_large boolean NOT NULL,
    facts jsonb NOT NULL,
    resolved_address text,
    worker text NOT NULL,
    next_attempt_at timestamptz,
    late_outcome text,
    late_http_status smallint,
    late_recorded_at timestamptz,
    CONSTRAINT attempts_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT attempts_delivered_status CHECK (outcome <> 'delivered' OR http_status BETWEEN 200 AND 299),
    CONSTRAINT attempts_late_whole CHECK ((late_outcome IS NULL) = (late_recorded_at IS NULL)),
    CONSTRAINT attempts_late_only_lost CHECK (late_outcome IS NULL OR outcome = 'worker_lost')
) PARTITION BY RANGE (id);
CREATE INDEX attempts_export_idx ON attempts (organisation_id, export_id);
CREATE INDEX attempts_webhook_idx ON attempts (organisation_id, webhook_id, id);
CREATE INDEX attempts_requested_by_idx ON attempts (organisation_id, requested_by_id, id);
CREATE INDEX attempts_host_idx ON attempts (host, id);
CREATE INDEX attempts_outcome_idx ON attempts (outcome, id);
COMMENT ON TABLE attempts IS 'The log: one row per finished try to POST an export. Nothing in it changes but late_*. Partitioned by month on the time inside its id; no DEFAULT partition, no foreign keys, and copies of all that reading needs';
COMMENT ON COLUMN attempts.id IS 'UUIDv7 minted by the claim; the webhook-attempt-id on the wire';
COMMENT ON COLUMN attempts.host IS 'Host of the webhook, punycode';
COMMENT ON COLUMN attempts.requested_by_id IS 'Who asked for the export: subject of a token or id of an API key';
COMMENT ON COLUMN attempts.attempt_number IS 'Gapless from 1 within an export, over all resends';
COMMENT ON COLUMN attempts.ambiguous IS 'The body was sent and no answer came: it may have arrived';
COMMENT ON COLUMN attempts.started_at IS 'When it was claimed, by the database''s clock';
COMMENT ON COLUMN attempts.duration_ms IS 'From the start of the resolution to the end of the answer';
COMMENT ON COLUMN attempts.dns_ms IS 'Resolution; null on a reused connection';
COMMENT ON COLUMN attempts.connect_ms IS 'TCP and TLS; null on a reused connection';
COMMENT ON COLUMN attempts.first_byte_ms IS 'Until the head of the answer had arrived';
COMMENT ON COLUMN attempts.request_bytes_sent IS 'Bytes of the body that were handed to the connection';
COMMENT ON COLUMN attempts.response_headers IS 'Allow-listed headers of the answer; location as host only';
COMMENT ON COLUMN attempts.response_body IS 'First 4 KiB of the answer, as received; never outlives the payload';
COMMENT ON COLUMN attempts.response_truncated IS 'The answer was longer than what is kept';
COMMENT ON COLUMN attempts.response_too_large IS 'The answer was longer than what is read';
COMMENT ON COLUMN attempts.facts IS 'What the explanation fills in: certificate date, redirect host, Retry-After';
COMMENT ON COLUMN attempts.resolved_address IS 'IP address that was connected to; support only';
COMMENT ON COLUMN attempts.next_attempt_at IS 'When the next try was planned; null when this was the last';
COMMENT ON COLUMN attempts.late_outcome IS 'What a worker saw that had lost its lease; only beside worker_lost';
