CREATE OR REPLACE FUNCTION drop_export_end() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM export_ends
     WHERE organisation_id = OLD.organisation_id AND end_state = OLD.end_state AND export_id = OLD.id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION drop_export_end() IS 'Keeps export_ends in step with exports that are sent again, end otherwise or are forgotten';
DROP TRIGGER attempts_note_late ON attempts;
DROP FUNCTION note_late_attempt();
DROP TABLE days_to_recount;
DROP TABLE days_counted;
DROP TABLE export_days;
DROP TABLE attempt_days;
