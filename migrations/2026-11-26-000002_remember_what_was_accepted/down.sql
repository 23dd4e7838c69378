ALTER TABLE export_jobs DROP CONSTRAINT export_jobs_stop_after_attempt_known;
UPDATE export_jobs SET stop_after_attempt = NULL WHERE stop_after_attempt IN ('receiver', 'restriction');
ALTER TABLE export_jobs ADD CONSTRAINT export_jobs_stop_after_attempt_known CHECK (stop_after_attempt IN ('member', 'webhook_deleted'));
ALTER TABLE exports DROP CONSTRAINT exports_delivered_accepted;
UPDATE exports SET outcome = 'delivered' WHERE end_state = 'delivered';
ALTER TABLE exports ADD CONSTRAINT exports_delivered_outcome CHECK (end_state <> 'delivered' OR outcome = 'delivered');
ALTER TABLE exports DROP COLUMN first_accepted_at;
