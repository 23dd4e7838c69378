CREATE TABLE idempotency_keys (
    organisation_id uuid NOT NULL,
    caller text NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    request_sha256 bytea NOT NULL,
    resource_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (organisation_id, caller, operation, key),
    CONSTRAINT idempotency_keys_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
COMMENT ON TABLE idempotency_keys IS 'Idempotency-Key of requests that succeeded, kept 24 h; written in the transaction of what they protect';
COMMENT ON COLUMN idempotency_keys.caller IS 'Issuer and subject of the token, or the API key';
COMMENT ON COLUMN idempotency_keys.operation IS 'operationId of the request';
COMMENT ON COLUMN idempotency_keys.request_sha256 IS 'Hash of path and body: another request under the same key is refused';
COMMENT ON COLUMN idempotency_keys.resource_id IS 'What it made; a replay is rebuilt from it';
