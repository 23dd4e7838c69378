-- Each application keeps a row of its own, also where another one of the same person for the vacancy
-- counts instead: what an import said of it is not lost, and exports tell which of them they carry.
ALTER TABLE applications ADD COLUMN counts boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN applications.counts IS 'Whether it is the one of its candidate and vacancy that is shown and exported: the newer active one; said at the end of each import';
-- Built in one go: nobody has run a release with a table so long that imports would wait.
CREATE UNIQUE INDEX applications_counting_key ON applications (organisation_id, candidate_id, vacancy_id) WHERE counts;
CREATE INDEX applications_second_idx ON applications (organisation_id, candidate_id, vacancy_id) WHERE NOT counts;
ALTER TABLE applications DROP CONSTRAINT applications_candidate_vacancy_key;
