DELETE FROM applications WHERE NOT counts;
ALTER TABLE applications ADD CONSTRAINT applications_candidate_vacancy_key UNIQUE (organisation_id, candidate_id, vacancy_id);
DROP INDEX applications_second_idx;
DROP INDEX applications_counting_key;
ALTER TABLE applications DROP COLUMN counts;
