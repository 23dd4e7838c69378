DROP INDEX candidates_search_idx;
