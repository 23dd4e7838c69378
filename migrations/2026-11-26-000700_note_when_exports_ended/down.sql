ALTER TABLE export_ends DROP COLUMN written_at;
