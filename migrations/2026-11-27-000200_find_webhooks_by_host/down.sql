DROP INDEX webhooks_host_idx;
