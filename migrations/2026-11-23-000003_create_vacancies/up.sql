CREATE TABLE vacancies (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    reference text NOT NULL,
    title text NOT NULL,
    department text,
    location text,
    url text,
    status text NOT NULL DEFAULT 'open',
    stages text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT vacancies_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT vacancies_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT vacancies_reference_key UNIQUE (organisation_id, reference),
    CONSTRAINT vacancies_status_known CHECK (status IN ('open', 'closed', 'archived'))
);
-- No statistics of organisations: for one that came after they were gathered, Postgres would take
-- any number of rows for none, and read all of them for each that it looks up.
ALTER TABLE vacancies ALTER COLUMN organisation_id SET STATISTICS 0;
COMMENT ON TABLE vacancies IS 'A position that people apply for; imported';
COMMENT ON COLUMN vacancies.reference IS 'The organisation''s own key; import upserts by it';
COMMENT ON COLUMN vacancies.stages IS 'Names of the stages in their order; a stage''s order on the wire is its position, from 1';
COMMENT ON COLUMN vacancies.url IS 'Public page of the position';
