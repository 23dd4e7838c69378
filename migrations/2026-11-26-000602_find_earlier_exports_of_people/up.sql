-- Newest exports first: whoever is about to be sent is looked for among those that were sent, without
-- reading all that there ever were. Built in one go: nobody has run a release with a long table; where
-- that is not so, build it CONCURRENTLY beside the old one.
CREATE INDEX export_applications_candidate_export_idx ON export_applications (organisation_id, candidate_id, export_id);
DROP INDEX export_applications_candidate_idx;
