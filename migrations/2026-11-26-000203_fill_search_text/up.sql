-- In a transaction of its own: adding the column keeps everybody out, this only who changes a person.
UPDATE candidates SET full_name = full_name WHERE search_text IS NULL;
