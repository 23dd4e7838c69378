CREATE TABLE api_keys (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    name text NOT NULL,
    role text NOT NULL,
    secret_sha256 bytea NOT NULL,
    created_by_id text NOT NULL,
    created_by_name text NOT NULL,
    created_by_email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT api_keys_id_key UNIQUE (id),
    CONSTRAINT api_keys_secret_sha256_key UNIQUE (secret_sha256),
    CONSTRAINT api_keys_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT api_keys_role_known CHECK (role IN ('org_admin', 'recruiter')),
    CONSTRAINT api_keys_secret_sha256_whole CHECK (length(secret_sha256) = 32),
    CONSTRAINT api_keys_expire CHECK (expires_at > created_at AND expires_at <= created_at + interval '366 days')
);
COMMENT ON TABLE api_keys IS 'Keys of an organisation for programs of third parties. A revoked or expired one stays: exports and the audit name it';
COMMENT ON COLUMN api_keys.name IS 'Unique among the live keys of the organisation, without regard to case; store::api_keys::create sees to it';
COMMENT ON COLUMN api_keys.role IS 'org_admin or recruiter: what a member of that role may do, a key may, but for what takes a person';
COMMENT ON COLUMN api_keys.secret_sha256 IS 'SHA-256 of the whole key, by which a request finds it; the key itself is kept nowhere';
COMMENT ON COLUMN api_keys.created_by_id IS 'Subject of the admin who made it, always a person; name and e-mail are copies, empty where not shared';
COMMENT ON COLUMN api_keys.last_used_at IS 'Null before the first use; written after the request, at most once a minute';
COMMENT ON COLUMN api_keys.revoked_at IS 'From then on no process takes it; null while nobody revoked it';
