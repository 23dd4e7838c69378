DROP FUNCTION make_partitions();
DROP TABLE audit_events;
