-- Who else has an e-mail address. As candidates_search_idx, it may be there already.
CREATE INDEX IF NOT EXISTS candidates_email_idx ON candidates (organisation_id, lower(email)) WHERE email IS NOT NULL;
ALTER INDEX candidates_email_idx ALTER COLUMN 2 SET STATISTICS 0;
