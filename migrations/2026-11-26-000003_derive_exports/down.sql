DROP FUNCTION people_of_export(uuid, uuid);
ALTER TABLE organisations DROP COLUMN people_changed_at;
DROP INDEX export_jobs_restricted_idx;
UPDATE export_jobs SET stop_after_attempt = NULL WHERE stop_after_attempt = 'restriction';
UPDATE exports SET ended_by = 'member' WHERE ended_by = 'restriction';
ALTER TABLE exports DROP CONSTRAINT exports_ended_by_known;
ALTER TABLE exports ADD CONSTRAINT exports_ended_by_known CHECK (ended_by IN ('receiver', 'gave_up', 'member', 'webhook_deleted', 'webhook_disabled'));
ALTER TABLE exports DROP COLUMN resent_from, DROP COLUMN left_out, DROP COLUMN continued_as;
