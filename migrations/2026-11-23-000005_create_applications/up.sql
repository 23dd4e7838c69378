CREATE TABLE applications (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    reference text NOT NULL,
    vacancy_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    status text NOT NULL DEFAULT 'active',
    stage text NOT NULL,
    stage_entered_at timestamptz,
    applied_at timestamptz NOT NULL,
    source text,
    cover_letter text,
    answers jsonb NOT NULL DEFAULT '[]',
    rating jsonb,
    assessments jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT applications_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT applications_vacancy_id_fkey FOREIGN KEY (organisation_id, vacancy_id) REFERENCES vacancies (organisation_id, id),
    CONSTRAINT applications_candidate_id_fkey FOREIGN KEY (organisation_id, candidate_id) REFERENCES candidates (organisation_id, id),
    CONSTRAINT applications_reference_key UNIQUE (organisation_id, reference),
    CONSTRAINT applications_candidate_vacancy_key UNIQUE (organisation_id, candidate_id, vacancy_id),
    CONSTRAINT applications_status_known CHECK (status IN ('active', 'hired', 'rejected', 'withdrawn'))
);
CREATE INDEX applications_vacancy_applied_at_idx ON applications (organisation_id, vacancy_id, applied_at, id);
-- As in vacancies.
ALTER TABLE applications ALTER COLUMN organisation_id SET STATISTICS 0;
COMMENT ON TABLE applications IS 'A candidate in a vacancy; imported';
COMMENT ON COLUMN applications.reference IS 'The organisation''s own key; import upserts by it';
COMMENT ON COLUMN applications.stage IS 'One of the vacancy''s stages';
COMMENT ON COLUMN applications.answers IS 'Array of {question, answer, sensitive}; sensitive ones never leave';
COMMENT ON COLUMN applications.rating IS '{value, scale_min, scale_max, count} or null';
COMMENT ON COLUMN applications.assessments IS 'Array, as domain types it';
