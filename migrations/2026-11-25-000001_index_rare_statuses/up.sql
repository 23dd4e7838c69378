-- Statuses that a month has a few of, among hundreds of thousands; most attempts stay out of it.
-- Built in one go, which blocks the log meanwhile: nobody has run a release with a long one. Where
-- that is not so, build it ON ONLY, then each month CONCURRENTLY, and attach.
CREATE INDEX attempts_http_status_idx ON attempts (http_status, id) WHERE http_status <> 200;
