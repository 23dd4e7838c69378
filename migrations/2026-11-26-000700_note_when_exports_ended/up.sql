-- What ended since a moment, for live streams. Without a default for the rows that are there: none is
-- rewritten, and nobody asks when they ended.
ALTER TABLE export_ends ADD COLUMN written_at timestamptz;
ALTER TABLE export_ends ALTER COLUMN written_at SET DEFAULT clock_timestamp();
COMMENT ON COLUMN export_ends.written_at IS 'When this row was written, which its commit follows within seconds; null for ends of before the column was there';
-- Partial, so that building it reads the table and writes nothing.
CREATE INDEX export_ends_written_idx ON export_ends (written_at) WHERE written_at IS NOT NULL;
