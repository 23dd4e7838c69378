-- What a receiver accepted stays accepted: a later send that fails ends as delivered, too, with its own
-- outcome.
ALTER TABLE exports ADD COLUMN first_accepted_at timestamptz;
COMMENT ON COLUMN exports.first_accepted_at IS 'When the receiver first answered 2xx; never goes away. Null beside delivered: finished_at';
ALTER TABLE exports DROP CONSTRAINT exports_delivered_outcome;
ALTER TABLE exports ADD CONSTRAINT exports_delivered_accepted CHECK (end_state <> 'delivered' OR outcome = 'delivered' OR first_accepted_at IS NOT NULL) NOT VALID;
ALTER TABLE exports VALIDATE CONSTRAINT exports_delivered_accepted;
COMMENT ON COLUMN exports.outcome IS 'Outcome of the attempt that ended it, or webhook_disabled or expired; null when cancelled before any attempt. Beside delivered it may be that of a later send';
COMMENT ON COLUMN exports.ambiguous IS 'It was never accepted, and may have arrived all the same';
COMMENT ON COLUMN attempts.ambiguous IS 'Not accepted, and the receiver may have the data all the same';
-- A late acceptance ends the export once the attempt that is on the wire is over.
ALTER TABLE export_jobs DROP CONSTRAINT export_jobs_stop_after_attempt_known;
ALTER TABLE export_jobs ADD CONSTRAINT export_jobs_stop_after_attempt_known CHECK (stop_after_attempt IN ('member', 'webhook_deleted', 'receiver', 'restriction'));
COMMENT ON COLUMN export_jobs.stop_after_attempt IS 'It ends after the attempt under way, and by whom: cancelled by a member or with its webhook, accepted by the receiver as was learnt late, or derived anew by a restriction';
