ALTER TABLE exports DROP COLUMN held_until;
