-- In a transaction of its own, as that of exports.
ALTER TABLE export_jobs VALIDATE CONSTRAINT export_jobs_stop_after_attempt_known;
