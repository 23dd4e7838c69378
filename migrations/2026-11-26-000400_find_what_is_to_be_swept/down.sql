DROP FUNCTION end_with_webhook(timestamptz, uuid, timestamptz);
DROP INDEX export_jobs_run_at_idx;
DROP INDEX webhooks_deleted_sealed_idx;
DROP INDEX lanes_disabled_idx;
DROP INDEX lanes_deleted_idx;
ALTER TABLE lanes DROP COLUMN deleted_at;
