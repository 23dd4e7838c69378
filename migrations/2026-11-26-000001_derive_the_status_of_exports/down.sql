DROP FUNCTION export_status(text, integer, uuid, integer);
