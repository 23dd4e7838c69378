-- Who searches for a host: one host may have thousands of webhooks, and all may be tens of thousands.
CREATE INDEX webhooks_host_idx ON webhooks (host);
