-- Lists by status. An index on exports.end_state would make the end of each export write all indexes of
-- exports (30 µs a row instead of 18, in batches of 250); a narrow row beside it costs 1 µs.
CREATE TABLE export_ends (
    organisation_id uuid NOT NULL,
    end_state text NOT NULL,
    export_id uuid NOT NULL,
    CONSTRAINT export_ends_pkey PRIMARY KEY (organisation_id, end_state, export_id)
);
COMMENT ON TABLE export_ends IS 'Exports that have ended, in the order of lists: a copy of exports.end_state that triggers of exports keep. No foreign key: its check would lock each export once more';
COMMENT ON COLUMN export_ends.end_state IS 'As in exports';

-- By statement: a worker ends hundreds of exports at once. Nothing is joined here, since the plan is kept.
CREATE FUNCTION add_export_ends() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO export_ends (organisation_id, end_state, export_id)
    SELECT organisation_id, end_state, id FROM written WHERE end_state IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION add_export_ends() IS 'Keeps export_ends in step with exports that end';

CREATE FUNCTION add_export_end() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO export_ends (organisation_id, end_state, export_id)
    VALUES (NEW.organisation_id, NEW.end_state, NEW.id);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION add_export_end() IS 'Keeps export_ends in step with exports that are written as ended';

CREATE FUNCTION drop_export_end() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM export_ends
     WHERE organisation_id = OLD.organisation_id AND end_state = OLD.end_state AND export_id = OLD.id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION drop_export_end() IS 'Keeps export_ends in step with exports that are sent again, end otherwise or are forgotten';

-- Accepting an export calls none of them.
CREATE TRIGGER exports_add_ends AFTER UPDATE ON exports REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION add_export_ends();
CREATE TRIGGER exports_add_end AFTER INSERT ON exports
    FOR EACH ROW WHEN (NEW.end_state IS NOT NULL) EXECUTE FUNCTION add_export_end();
CREATE TRIGGER exports_change_end AFTER UPDATE OF end_state ON exports
    FOR EACH ROW WHEN (OLD.end_state IS NOT NULL AND OLD.end_state IS DISTINCT FROM NEW.end_state)
    EXECUTE FUNCTION drop_export_end();
CREATE TRIGGER exports_drop_end AFTER DELETE ON exports
    FOR EACH ROW WHEN (OLD.end_state IS NOT NULL) EXECUTE FUNCTION drop_export_end();
INSERT INTO export_ends (organisation_id, end_state, export_id)
SELECT organisation_id, end_state, id FROM exports WHERE end_state IS NOT NULL ORDER BY 1, 2, 3;

-- Queued: never tried, or not since it was sent again. Beside many that wait for their next try they
-- would be looked for in vain. One entry more for each export that is accepted; a claim takes it out.
CREATE INDEX export_jobs_queued_idx ON export_jobs (organisation_id, export_id) WHERE attempt_id IS NULL AND (attempt_number = 0 OR schedule_position = 0);
