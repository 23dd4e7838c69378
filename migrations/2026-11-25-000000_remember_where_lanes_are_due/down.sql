ALTER TABLE lanes DROP COLUMN due_from;
