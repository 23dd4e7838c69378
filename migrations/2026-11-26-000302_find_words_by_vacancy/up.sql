-- Whom `q` finds in a vacancy of tens of thousands. The index holds, for each application, the letters and
-- the pairs of letters of the person's name and e-mail address, each mixed with the vacancy: so what it
-- finds is of that vacancy, whatever other vacancies and organisations hold. No extension is needed, which
-- not every operator's role may create. It finds a few too many (numbers that fall on one another); who
-- asks looks at the text again.
-- Of "jan garcia": each letter; the pairs within a word (ja an ga ar …); those across a blank, marked
-- (+ng); and the first two letters of each word, marked (^ja ^ga).
CREATE FUNCTION search_grams(vacancy uuid, searched text) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    salt integer := uuid_hash(vacancy);
    grams integer[] := '{}';
    letter text;
    before text := '';
    blank boolean := true;
    begins boolean := false;
BEGIN
    -- As a loop: of a query Postgres would expect thousands of letters, and compile it for each text.
    FOREACH letter IN ARRAY string_to_array(searched, NULL) LOOP
        IF letter = ' ' THEN
            blank := true;
        ELSIF letter = E'\n' THEN
            before := '';
            blank := true;
        ELSE
            grams := grams || (hashtext(letter) # salt);
            IF before <> '' THEN
                grams := grams || (hashtext(CASE WHEN blank THEN '+' ELSE '' END || before || letter) # salt);
                IF begins THEN
                    grams := grams || (hashtext('^' || before || letter) # salt);
                END IF;
            END IF;
            before := letter;
            begins := blank;
            blank := false;
        END IF;
    END LOOP;
    RETURN grams;
END
$$;
COMMENT ON FUNCTION search_grams(uuid, text) IS 'What the index of applications holds of a search_text';

-- A word stands within one of the text's words: then all its pairs do; or it begins with one and runs on
-- over blanks: then its first two letters are the first of a word, and each pair stands there either way.
-- Both together, as conditions that all hold, each of them one number or another.
CREATE FUNCTION search_conditions(vacancy uuid, words text[]) RETURNS TABLE (one integer, other integer)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE ROWS 20 AS $$
DECLARE
    salt integer := uuid_hash(vacancy);
    word text;
    pair text;
BEGIN
    FOREACH word IN ARRAY search_words(words) LOOP
        IF length(word) = 1 THEN
            one := hashtext(word) # salt;
            other := one;
            RETURN NEXT;
        END IF;
        FOR place IN 1 .. length(word) - 1 LOOP
            pair := substr(word, place, 2);
            one := hashtext(pair) # salt;
            other := hashtext('^' || left(word, 2)) # salt;
            RETURN NEXT;
            other := hashtext('+' || pair) # salt;
            RETURN NEXT;
        END LOOP;
    END LOOP;
END
$$;
COMMENT ON FUNCTION search_conditions(uuid, text[]) IS 'What search_grams() of whoever is found by these words have, of each pair one; empty where nothing is left of the words';

ALTER TABLE applications ADD COLUMN search_text text;
COMMENT ON COLUMN applications.search_text IS 'candidates.search_text of its candidate; set by triggers of both tables';

CREATE FUNCTION copy_search_text() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    SELECT search_text INTO NEW.search_text FROM candidates
     WHERE organisation_id = NEW.organisation_id AND id = NEW.candidate_id;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION copy_search_text() IS 'Keeps applications.search_text in step with their candidate';

CREATE FUNCTION tell_search_text() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- Two statements, since each has an index of its own.
    UPDATE applications SET search_text = NEW.search_text
     WHERE organisation_id = NEW.organisation_id AND candidate_id = NEW.id AND counts;
    UPDATE applications SET search_text = NEW.search_text
     WHERE organisation_id = NEW.organisation_id AND candidate_id = NEW.id AND NOT counts;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_search_text() IS 'Keeps applications.search_text in step with candidates.search_text';

CREATE TRIGGER applications_search_text BEFORE INSERT OR UPDATE OF candidate_id ON applications
    FOR EACH ROW EXECUTE FUNCTION copy_search_text();
CREATE TRIGGER candidates_tell_search_text AFTER UPDATE ON candidates
    FOR EACH ROW WHEN (OLD.search_text IS DISTINCT FROM NEW.search_text)
    EXECUTE FUNCTION tell_search_text();
