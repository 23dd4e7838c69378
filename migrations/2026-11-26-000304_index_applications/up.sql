-- Whom few have in common in a vacancy of tens of thousands: those at a stage, of a status, of a rating.
CREATE INDEX applications_stage_idx ON applications (organisation_id, vacancy_id, stage, applied_at, id) WHERE counts;
CREATE INDEX applications_status_idx ON applications (organisation_id, vacancy_id, status, applied_at, id) WHERE counts;
CREATE INDEX applications_rating_idx ON applications (organisation_id, vacancy_id, ((rating ->> 'value')::float8)) WHERE counts AND rating IS NOT NULL;
