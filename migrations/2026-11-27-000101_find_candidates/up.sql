-- Whom `q` finds in an organisation of hundreds of thousands: as applications_search_idx, mixed with the
-- organisation in the place of the vacancy.
CREATE INDEX candidates_search_idx ON candidates USING gin (search_grams(organisation_id, search_text)) WITH (fastupdate = on, gin_pending_list_limit = 512);
ALTER INDEX candidates_search_idx ALTER COLUMN 1 SET STATISTICS 0;
-- Who else has an e-mail address.
CREATE INDEX candidates_email_idx ON candidates (organisation_id, lower(email)) WHERE email IS NOT NULL;
ALTER INDEX candidates_email_idx ALTER COLUMN 2 SET STATISTICS 0;
