DROP INDEX export_jobs_queued_idx;
DROP TRIGGER exports_drop_end ON exports;
DROP TRIGGER exports_change_end ON exports;
DROP TRIGGER exports_add_end ON exports;
DROP TRIGGER exports_add_ends ON exports;
DROP FUNCTION drop_export_end();
DROP FUNCTION add_export_end();
DROP FUNCTION add_export_ends();
DROP TABLE export_ends;
