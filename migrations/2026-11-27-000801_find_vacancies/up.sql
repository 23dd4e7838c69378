-- The open vacancies of an organisation that has closed thousands, newest first.
CREATE INDEX IF NOT EXISTS vacancies_status_idx ON vacancies (organisation_id, status, id);
