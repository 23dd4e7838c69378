-- The scripts and letters that search_text() has no list of its own for: capitals from one code point
-- to another, each or each second, and how far their small letters are away.
CREATE FUNCTION lower_rare(text text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT string_agg(chr(code + coalesce(by, 0)), '' ORDER BY place)
          FROM regexp_split_to_table(text, '') WITH ORDINALITY letters (letter, place)
         CROSS JOIN LATERAL ascii(letter) code
          LEFT JOIN (VALUES
                 (x'0370'::int, x'0372'::int, 2, 1), (x'0376'::int, x'0376'::int, 1, 1),
                 (x'037f'::int, x'037f'::int, 1, 116), (x'03cf'::int, x'03cf'::int, 1, 8),
                 (x'03d8'::int, x'03ee'::int, 2, 1), (x'03f7'::int, x'03f7'::int, 1, 1),
                 (x'03fa'::int, x'03fa'::int, 1, 1), (x'03fd'::int, x'03ff'::int, 1, -130),
                 (x'10a0'::int, x'10c7'::int, 1, 7264), (x'10cd'::int, x'10cd'::int, 1, 7264),
                 (x'13a0'::int, x'13ef'::int, 1, 38864), (x'13f0'::int, x'13f5'::int, 1, 8),
                 (x'1c80'::int, x'1c80'::int, 1, -6222), (x'1c81'::int, x'1c81'::int, 1, -6221),
                 (x'1c82'::int, x'1c82'::int, 1, -6212), (x'1c83'::int, x'1c84'::int, 1, -6210),
                 (x'1c85'::int, x'1c85'::int, 1, -6211), (x'1c86'::int, x'1c86'::int, 1, -6204),
                 (x'1c87'::int, x'1c87'::int, 1, -6180), (x'1c88'::int, x'1c88'::int, 1, 35267),
                 (x'1c89'::int, x'1c89'::int, 1, 1), (x'1c90'::int, x'1cbf'::int, 1, -3008),
                 (x'1efa'::int, x'1efe'::int, 2, 1), (x'2132'::int, x'2132'::int, 1, 28),
                 (x'2183'::int, x'2183'::int, 1, 1), (x'2c00'::int, x'2c2f'::int, 1, 48),
                 (x'2c60'::int, x'2c60'::int, 1, 1), (x'2c62'::int, x'2c62'::int, 1, -10743),
                 (x'2c63'::int, x'2c63'::int, 1, -3814), (x'2c64'::int, x'2c64'::int, 1, -10727),
                 (x'2c67'::int, x'2c6b'::int, 2, 1), (x'2c6d'::int, x'2c6d'::int, 1, -10780),
                 (x'2c6e'::int, x'2c6e'::int, 1, -10749), (x'2c6f'::int, x'2c6f'::int, 1, -10783),
                 (x'2c70'::int, x'2c70'::int, 1, -10782), (x'2c72'::int, x'2c72'::int, 1, 1),
                 (x'2c75'::int, x'2c75'::int, 1, 1), (x'2c7e'::int, x'2c7f'::int, 1, -10815),
                 (x'2c80'::int, x'2ce2'::int, 2, 1), (x'2ceb'::int, x'2ced'::int, 2, 1),
                 (x'2cf2'::int, x'2cf2'::int, 1, 1), (x'a640'::int, x'a66c'::int, 2, 1),
                 (x'a680'::int, x'a69a'::int, 2, 1), (x'a722'::int, x'a72e'::int, 2, 1),
                 (x'a732'::int, x'a76e'::int, 2, 1), (x'a779'::int, x'a77b'::int, 2, 1),
                 (x'a77d'::int, x'a77d'::int, 1, -35332), (x'a77e'::int, x'a786'::int, 2, 1),
                 (x'a78d'::int, x'a78d'::int, 1, -42280), (x'a790'::int, x'a792'::int, 2, 1),
                 (x'a796'::int, x'a7a8'::int, 2, 1), (x'a7aa'::int, x'a7aa'::int, 1, -42308),
                 (x'a7ab'::int, x'a7ab'::int, 1, -42319), (x'a7ac'::int, x'a7ac'::int, 1, -42315),
                 (x'a7ad'::int, x'a7ad'::int, 1, -42305), (x'a7ae'::int, x'a7ae'::int, 1, -42308),
                 (x'a7b0'::int, x'a7b0'::int, 1, -42258), (x'a7b1'::int, x'a7b1'::int, 1, -42282),
                 (x'a7b2'::int, x'a7b2'::int, 1, -42261), (x'a7b3'::int, x'a7b3'::int, 1, 928),
                 (x'a7b4'::int, x'a7c2'::int, 2, 1), (x'a7c4'::int, x'a7c4'::int, 1, -48),
                 (x'a7c5'::int, x'a7c5'::int, 1, -42307), (x'a7c6'::int, x'a7c6'::int, 1, -35384),
                 (x'a7c7'::int, x'a7c9'::int, 2, 1), (x'a7cb'::int, x'a7cb'::int, 1, -42343),
                 (x'a7cc'::int, x'a7da'::int, 2, 1), (x'a7dc'::int, x'a7dc'::int, 1, -42561),
                 (x'a7f5'::int, x'a7f5'::int, 1, 1), (x'10400'::int, x'10427'::int, 1, 40),
                 (x'104b0'::int, x'104d3'::int, 1, 40), (x'10570'::int, x'10595'::int, 1, 39),
                 (x'10c80'::int, x'10cb2'::int, 1, 64), (x'10d50'::int, x'10d65'::int, 1, 32),
                 (x'118a0'::int, x'118bf'::int, 1, 32), (x'16e40'::int, x'16e5f'::int, 1, 32),
                 (x'16ea0'::int, x'16eb8'::int, 1, 27), (x'1e900'::int, x'1e921'::int, 1, 34)
               ) capitals (first, last, step, by)
            ON code BETWEEN first AND last AND (code - first) % step = 0);
END
$$;
COMMENT ON FUNCTION lower_rare(text) IS
    'A text with small letters for the capitals of Georgian, Cherokee, Coptic, Adlam and other scripts';

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
        || '\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f'
        || '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
        '', 'g');
    -- Letters that have no accent to lose, script by script: each list is looked through letter by
    -- letter.
    IF folded ~ '[\u00c0-\u0268\u1e9e\u2c60-\u2c7f]' THEN
        folded := replace(replace(replace(replace(replace(replace(translate(folded,
            'ɓɖɨØøŁłĐđÐðıĦħŊŋŦŧÆŒÞƑƒƉɖƗɨȽƚƵƶƁɓĸɌɍɎɏɆɇȺⱥȻȼȾⱦƂƄƆƇƊƋƎƏƐƓƔƖƘƜƝƟƢƤƦƧƩƬƮƱƲƳƷƸƼ'
            || 'ǤǶǷȜȠȢȤɁɃɄɅɈɊ',
            'bdioollddddihhnnttæœþffddiillzzbbkrryyeeaaccttƃƅɔƈɗƌǝəɛɠɣɩƙɯɲɵƣƥʀƨʃƭʈʊʋƴʒƹƽ'
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
    IF folded ~ ('[\u0370-\u037f\u03cf-\u03ff\u10a0-\u10cd\u13a0-\u13f5\u1c80-\u1cbf\u1efa-\u1efe\u2132'
        || '\u2183\u2c00-\u2cf2\ua640-\ua7f5\U00010400-\U00010595\U00010c80-\U00010d65'
        || '\U000118a0-\U000118bf\U00016e40-\U00016eb8\U0001e900-\U0001e921]') THEN
        folded := lower_rare(folded);
    END IF;
    RETURN lower(folded COLLATE "C");
END
$$;
COMMENT ON FUNCTION search_text(text) IS
    'A text as `q` compares it: without case, accents, apostrophes, hyphens, dots and commas, NFKD';

CREATE FUNCTION search_words(words text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT DISTINCT folded
      FROM unnest(words) word CROSS JOIN LATERAL replace(search_text(word), ' ', '') folded
     WHERE folded <> '');
COMMENT ON FUNCTION search_words(text[]) IS
    'What is left of words in a search_text; none of a word that asks for nothing';

CREATE FUNCTION search_patterns(words text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT '%' || replace(replace(replace(folded, '\', '\\'), '%', '\%'), '_', '\_') || '%'
      FROM unnest(search_words(words)) folded);
COMMENT ON FUNCTION search_patterns(text[]) IS
    'Patterns of LIKE that find words in a search_text; empty where they would find everybody';

-- Asked only of those in whom the words stand when all blanks are taken out: "ng" is not in "Jan Garcia".
CREATE FUNCTION has_search_words(searched text, words text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT bool_and(strpos(searched, folded) > 0 OR EXISTS (
               SELECT FROM generate_subscripts(parts, 1) part
                WHERE starts_with(array_to_string(parts[part:], ''), folded)))
      FROM unnest(words) folded,
           string_to_array(replace(searched, E'\n', E' \n'), ' ') parts);
COMMENT ON FUNCTION has_search_words(text, text[]) IS
    'Whether each of these search_words() stands within a word of a search_text, or begins with one';

CREATE FUNCTION set_search_text() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- No word runs over the end of a line.
    NEW.search_text := search_text(concat_ws(E'\n', NEW.full_name, NEW.email));
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION set_search_text() IS 'Keeps candidates.search_text in step';

-- A generated column would rewrite the table under a lock that keeps everybody out.
ALTER TABLE candidates ADD COLUMN search_text text;
COMMENT ON COLUMN candidates.search_text IS 'search_text() of name and e-mail address, for `q`; set by a trigger';
CREATE TRIGGER candidates_search_text BEFORE INSERT OR UPDATE OF full_name, email ON candidates
    FOR EACH ROW EXECUTE FUNCTION set_search_text();
