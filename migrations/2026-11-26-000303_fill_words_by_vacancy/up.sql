-- In a transaction of its own, as in fill_search_text. The triggers that count by stage would be told of
-- changes that change no count.
UPDATE applications a SET search_text = c.search_text
  FROM candidates c
 WHERE c.organisation_id = a.organisation_id AND c.id = a.candidate_id
   AND a.search_text IS DISTINCT FROM c.search_text;
-- New entries are gathered first, so that an import writes an index page once for many of them; not so
-- many that who asks would have to read long through what is gathered.
CREATE INDEX applications_search_idx ON applications USING gin (search_grams(vacancy_id, search_text)) WITH (fastupdate = on, gin_pending_list_limit = 512) WHERE counts;
-- Statistics of it would take long to gather, and say nothing of one vacancy.
ALTER INDEX applications_search_idx ALTER COLUMN 1 SET STATISTICS 0;
