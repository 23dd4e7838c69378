-- 1,000 organisations with 20 webhooks each; two fifths of the webhooks go to one host, one fifth to
-- another, the rest to a host of their own.
CREATE SCHEMA seed;
CREATE TABLE seed.webhooks AS
SELECT n, n / 20 AS organisation, uuid_v7() AS id,
       CASE n % 5 WHEN 0 THEN 'hooks.zapier.com' WHEN 1 THEN 'hooks.zapier.com'
                  WHEN 2 THEN 'hook.eu1.make.com' ELSE 'receiver-' || n || '.example.com' END AS host
FROM generate_series(0, 19999) n;
CREATE TABLE seed.organisations AS SELECT n, uuid_v7() AS id FROM generate_series(0, 999) n;
INSERT INTO organisations (id, name) SELECT id, 'Log ' || n FROM seed.organisations;
INSERT INTO webhooks (organisation_id, id, name, host, url_sealed, url_hmac, include,
    created_by_type, created_by_id, created_by_name, created_by_email)
SELECT o.id, w.id, 'hook ' || w.n, w.host, '\x00', int4send(w.n), '{}', 'member', 'ada', 'Ada', 'ada@example.com'
FROM seed.webhooks w JOIN seed.organisations o ON o.n = w.organisation;
INSERT INTO vacancies (organisation_id, reference, title, stages) SELECT id, 'V-1', 'Engineer', '{Applied}' FROM seed.organisations;
-- A number in 0..1 that follows from a number: the same log each time.
CREATE FUNCTION seed.chance(of bigint, seed bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(of, seed) & 1048575) / 1048576.0::float8;
ANALYZE seed.webhooks;
ANALYZE seed.organisations;
