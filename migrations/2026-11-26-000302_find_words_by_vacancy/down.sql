DROP TRIGGER candidates_tell_search_text ON candidates;
DROP TRIGGER applications_search_text ON applications;
DROP FUNCTION tell_search_text();
DROP FUNCTION copy_search_text();
ALTER TABLE applications DROP COLUMN search_text;
DROP FUNCTION search_conditions(uuid, text[]);
DROP FUNCTION search_grams(uuid, text);
