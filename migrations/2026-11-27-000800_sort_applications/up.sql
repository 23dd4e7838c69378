-- A page of a vacancy by name, or by rating, whatever tens of thousands applied for it. A name as `q` compares
-- it: without case and accents, its first 60 characters, in the order of their code points whatever the locale of the
-- database is. Of equals the id decides, so that a page begins where the one before ended. Who was not rated is in the
-- index of ratings, too: they come last, in both directions.
CREATE INDEX IF NOT EXISTS applications_name_idx ON applications (organisation_id, vacancy_id, (left(split_part(coalesce(search_text, ''), E'\n', 1), 60)) COLLATE "C", id) WHERE counts;
CREATE INDEX IF NOT EXISTS applications_rated_idx ON applications (organisation_id, vacancy_id, ((rating ->> 'value')::float8), id) WHERE counts;
-- What it found the other one finds, too.
DROP INDEX applications_rating_idx;
