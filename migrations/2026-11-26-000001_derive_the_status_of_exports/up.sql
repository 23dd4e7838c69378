-- The one place that derives the status of an export. Inlined into the statements that ask; filters of
-- lists repeat its cases for the sake of their indexes, and a test compares the two.
CREATE FUNCTION export_status(end_state text, attempt_count integer, job_attempt_id uuid, job_attempt_number integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN end_state IS NOT NULL THEN end_state
    WHEN job_attempt_id IS NOT NULL THEN 'delivering'
    WHEN job_attempt_number > attempt_count THEN 'retrying'
    ELSE 'queued'
END;
COMMENT ON FUNCTION export_status(text, integer, uuid, integer) IS
    'Status of an export: its end state, else what its job says (attempt_count is that of before a resend)';
