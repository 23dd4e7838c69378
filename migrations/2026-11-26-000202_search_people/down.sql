DROP TRIGGER candidates_search_text ON candidates;
ALTER TABLE candidates DROP COLUMN search_text;
DROP FUNCTION set_search_text();
DROP FUNCTION has_search_words(text, text[]);
DROP FUNCTION search_patterns(text[]);
DROP FUNCTION search_words(text[]);
DROP FUNCTION search_text(text);
DROP FUNCTION lower_rare(text);
