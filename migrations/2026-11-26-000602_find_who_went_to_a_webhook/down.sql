CREATE INDEX export_applications_candidate_idx ON export_applications (organisation_id, candidate_id);
DROP INDEX export_applications_sent_idx;
ALTER TABLE export_applications DROP COLUMN webhook_id;
