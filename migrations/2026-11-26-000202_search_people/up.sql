-- Whom `q` finds: a text without case, accents, apostrophes, hyphens, dots and commas, and in one
-- form of Unicode. The letters are listed, and lower() is that of the collation "C", so that the rule
-- is the same whatever the locale of the database is. The column and the words that are looked for
-- go through the same function.
CREATE FUNCTION search_text(text text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    folded text;
BEGIN
    IF octet_length(text) = char_length(text) THEN
        RETURN lower(translate(text, $q$'"`-.,;()$q$, '') COLLATE "C");
    END IF;
    folded := regexp_replace(normalize(text, NFKD),
        -- Marks go, and with them the blank that NFKD puts before one that stood alone (as in
        -- O´Brien). Marks of Indic scripts are vowels: they stay.
        ' ?[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7'
        || '\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed'
        || '\u093c\u09bc\u0a3c\u0abc\u0b3c\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+'
        -- Apostrophes, quotation marks, brackets, hyphens and dashes, dots and commas of all scripts.
        || '|[\u0022\u0027-\u0029\u002c-\u002e\u003b\u0060\u00ab\u00b4\u00b7\u00bb'
        || '\u02b9-\u02bf\u02c8\u02ca\u02cb\u02ee\u0387\u055a\u055b\u055d\u058a\u05be\u05f3\u05f4'
        || '\u060c\u0640\u06d4\u2010-\u2015\u2018-\u201f\u2022\u2027\u2032-\u203a\u2043\u2212'
        || '\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u3001\u3002\u301c\u30a0\u30fb\ua78b\ua78c'
        -- What cannot be seen.
        || '\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e'
        || '\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]',
        '', 'g');
    -- Letters that have no accent to lose, script by script: each list is looked through letter by
    -- letter.
    IF folded ~ '[\u00c0-\u024f\u1e9e\u2c60-\u2c7f]' THEN
        folded := replace(replace(replace(replace(replace(replace(translate(folded,
            'ØøŁłĐđÐðıĦħŊŋŦŧÆŒÞƑƒƉɖƗɨȽƚƵƶƁɓĸɌɍɎɏɆɇȺⱥȻȼȾⱦƂƄƆƇƊƋƎƏƐƓƔƖƘƜƝƟƢƤƦƧƩƬƮƱƲƳƷƸƼ'
            || 'ǤǶǷȜȠȢȤɁɃɄɅɈɊ',
            'oollddddihhnnttæœþffddiillzzbbkrryyeeaaccttƃƅɔƈɗƌǝəɛɠɣɩƙɯɲɵƣƥʀƨʃƭʈʊʋƴʒƹƽ'
            || 'ǥƕƿȝƞȣȥɂƀʉʌɉɋ'),
            'ẞ', 'ss'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'ĳ', 'ij');
    END IF;
    IF folded ~ '[\u0391-\u03a9\u03c2]' THEN
        folded := translate(folded,
            'ςΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ',
            'σαβγδεζηθικλμνξοπρστυφχψω');
    END IF;
    IF folded ~ '[\u0400-\u0481\u048a-\u052f]' THEN
        folded := translate(folded,
            'ґҐЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҒҔҖҘҚҜҞҠҢҤҦ'
            || 'ҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮ',
            'ггђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏғҕҗҙқҝҟҡңҥҧ'
            || 'ҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯ');
    END IF;
    IF folded ~ '[\u0531-\u0556]' THEN
        folded := translate(folded,
            'ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ',
            'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ');
    END IF;
    RETURN lower(folded COLLATE "C");
END
$$;
COMMENT ON FUNCTION search_text(text) IS
    'A text as `q` compares it: without case, accents, apostrophes, hyphens, dots and commas, NFKD';

-- The patterns of LIKE that find these words wherever they stand; a word of which nothing is left
-- asks for nothing.
CREATE FUNCTION search_patterns(words text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT '%' || replace(replace(replace(folded, '\', '\\'), '%', '\%'), '_', '\_') || '%'
      FROM unnest(words) word CROSS JOIN LATERAL search_text(word) folded
     WHERE folded <> '');
COMMENT ON FUNCTION search_patterns(text[]) IS
    'Patterns that find words in a search_text';

CREATE FUNCTION set_search_text() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.search_text := search_text(concat_ws(' ', NEW.full_name, NEW.email));
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION set_search_text() IS 'Keeps candidates.search_text in step';

-- A generated column would rewrite the table under a lock that keeps everybody out.
ALTER TABLE candidates ADD COLUMN search_text text;
COMMENT ON COLUMN candidates.search_text IS 'search_text() of name and e-mail address, for `q`; set by a trigger';
CREATE TRIGGER candidates_search_text BEFORE INSERT OR UPDATE OF full_name, email ON candidates
    FOR EACH ROW EXECUTE FUNCTION set_search_text();
