-- What was filled in is right in the earlier version, too.
SELECT 1;
