-- A constraint that holds stays as it is.
SELECT 1;
