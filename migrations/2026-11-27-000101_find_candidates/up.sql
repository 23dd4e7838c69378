-- Whom `q` finds in an organisation of hundreds of thousands: as applications_search_idx, mixed with the
-- organisation in the place of the vacancy. Building it keeps imports waiting, not who reads. CONCURRENTLY would
-- wait for other processes that wait for the lock of the migrations, and they for it. Where there are
-- millions of candidates, run this statement with CONCURRENTLY before the upgrade: then nothing is built here.
CREATE INDEX IF NOT EXISTS candidates_search_idx ON candidates USING gin (search_grams(organisation_id, search_text)) WITH (fastupdate = on, gin_pending_list_limit = 512);
ALTER INDEX candidates_search_idx ALTER COLUMN 1 SET STATISTICS 0;
