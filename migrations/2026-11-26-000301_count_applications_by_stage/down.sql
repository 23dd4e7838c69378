DROP TRIGGER applications_count_gone ON applications;
DROP TRIGGER applications_count_changed ON applications;
DROP TRIGGER applications_count_new ON applications;
DROP FUNCTION count_by_stage();
DROP TABLE stage_counts;
