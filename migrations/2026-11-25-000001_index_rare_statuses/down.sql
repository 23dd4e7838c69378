DROP INDEX attempts_http_status_idx;
