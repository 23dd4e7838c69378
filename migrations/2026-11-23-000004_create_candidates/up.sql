CREATE TABLE candidates (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    reference text NOT NULL,
    first_name text,
    last_name text,
    full_name text NOT NULL,
    email text,
    phone text,
    can_contact boolean,
    consent_expires_at timestamptz,
    restricted boolean NOT NULL DEFAULT false,
    contact jsonb NOT NULL DEFAULT '{}',
    qualifications jsonb NOT NULL DEFAULT '[]',
    experience jsonb NOT NULL DEFAULT '[]',
    skills jsonb NOT NULL DEFAULT '[]',
    tags jsonb NOT NULL DEFAULT '[]',
    attachments jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT candidates_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT candidates_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT candidates_reference_key UNIQUE (organisation_id, reference)
);
-- As in vacancies.
ALTER TABLE candidates ALTER COLUMN organisation_id SET STATISTICS 0;
COMMENT ON TABLE candidates IS 'A person; imported';
COMMENT ON COLUMN candidates.reference IS 'The organisation''s own key; import upserts by it';
COMMENT ON COLUMN candidates.full_name IS 'As given, else first and last name';
COMMENT ON COLUMN candidates.restricted IS 'Processing is restricted (GDPR Art. 18): never exported';
COMMENT ON COLUMN candidates.contact IS 'emails, phones, address, links, as domain types them';
COMMENT ON COLUMN candidates.qualifications IS 'Array, as domain types it';
COMMENT ON COLUMN candidates.experience IS 'Array, as domain types it';
