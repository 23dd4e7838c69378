-- The column goes with the migration that made it.
SELECT 1;
