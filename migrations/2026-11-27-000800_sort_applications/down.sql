CREATE INDEX applications_rating_idx ON applications (organisation_id, vacancy_id, ((rating ->> 'value')::float8)) WHERE counts AND rating IS NOT NULL;
DROP INDEX applications_rated_idx;
DROP INDEX applications_name_idx;
