DROP INDEX candidates_email_idx;
DROP INDEX candidates_search_idx;
