DROP INDEX applications_search_idx;
