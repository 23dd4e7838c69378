-- Whether somebody who is about to be sent went to the same webhook before is looked up for each person of
-- each export: one walk down an index, however often the person was sent elsewhere.
ALTER TABLE export_applications ADD COLUMN webhook_id uuid;
COMMENT ON COLUMN export_applications.webhook_id IS 'The webhook of the export; null in rows of an earlier version that are older than 90 days';
UPDATE export_applications p SET webhook_id = e.webhook_id
FROM exports e
WHERE e.organisation_id = p.organisation_id AND e.id = p.export_id AND e.requested_at > now() - interval '90 days';
-- Built in one go: nobody has run a release with a long table. Where that is not so, build it CONCURRENTLY.
CREATE INDEX export_applications_sent_idx ON export_applications (organisation_id, candidate_id, webhook_id, export_id);
DROP INDEX export_applications_candidate_idx;
