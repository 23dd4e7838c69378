-- Statuses that a month has a few of, among hundreds of thousands; most attempts stay out of it.
CREATE INDEX attempts_http_status_idx ON attempts (http_status, id) WHERE http_status <> 200;
