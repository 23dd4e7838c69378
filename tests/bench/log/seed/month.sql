-- The month {ago} months ago with {rows} attempts, spread evenly over what has passed of it. Of 25
-- attempts in a row, the first four belong to one export. The first of 1,000 organisations has a fifth of them.
-- Webhooks and requesters, 20 of an organisation, are skewed (the square of chance), and so are outcomes.
BEGIN;
CREATE TABLE seed.month_{ago} (LIKE attempts INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE);
INSERT INTO seed.month_{ago} (organisation_id, id, export_id, webhook_id, webhook_name, host, requested_by_id,
    attempt_number, outcome, ambiguous, http_status, started_at, duration_ms, request_bytes_sent, payload_bytes,
    payload_sha256, response_headers, response_truncated, response_too_large, facts, worker)
SELECT o.id, uuid_v7(at), export_id, w.id, 'hook ' || w.n, w.host, 'auth0|rita-' || o.n || '-' || requester,
    attempt_number, outcome, outcome = 'response_timeout', http_status, at, 40 + made.n % 400, 2222, 2222,
    sha256(int8send(export_number)), '{"content-type": "application/json"}', false, false, '{}', 'seed-1'
FROM (
    SELECT numbers.n, month.start + (month.until - month.start) * (numbers.n / {rows}.0::float8) AS at, export_number,
        (left(uuid_v7_floor(month.start + (month.until - month.start) * (export_number / {rows}.0::float8))::text, 24)
            || lpad(to_hex({ago}), 4, '0') || lpad(to_hex(export_number), 8, '0'))::uuid AS export_id,
        1 + numbers.n - export_number AS attempt_number,
        floor(1000 * seed.chance(export_number, 1) ^ 4.3)::integer AS organisation,
        floor(20 * seed.chance(export_number, 2) ^ 2)::integer AS hook,
        floor(20 * seed.chance(export_number, 3) ^ 2)::integer AS requester,
        seed.chance(numbers.n, 4) AS luck, seed.chance(numbers.n, 5) AS more_luck
    FROM (SELECT date_trunc('month', now()) - make_interval(months => {ago}) AS start,
                 least(date_trunc('month', now()) - make_interval(months => {ago} - 1), now()) AS until) month,
        LATERAL (SELECT n, n - CASE WHEN n % 25 < 4 THEN n % 25 ELSE 0 END AS export_number
                 FROM generate_series(0, {rows}::bigint - 1) n) numbers
) made
JOIN seed.organisations o ON o.n = made.organisation
JOIN seed.webhooks w ON w.n = made.organisation * 20 + made.hook
CROSS JOIN LATERAL (SELECT CASE
    WHEN luck < 0.92 THEN 'delivered'
    WHEN luck < 0.95 THEN 'http_5xx'
    WHEN luck < 0.97 THEN 'response_timeout'
    WHEN luck < 0.98 THEN 'connect_refused'
    WHEN luck < 0.99 THEN 'http_4xx'
    WHEN luck < 0.994 THEN 'throttled'
    WHEN luck < 0.996 THEN 'worker_lost'
    WHEN luck < 0.998 THEN 'connection_reset'
    WHEN luck < 0.999 THEN 'tls_cert_expired'
    WHEN luck < 0.9999 THEN 'dns_not_found'
    WHEN luck < 0.99999 THEN 'payload_too_large'
    ELSE 'tls_client_cert_required' END AS outcome) outcome
CROSS JOIN LATERAL (SELECT CASE outcome
    WHEN 'delivered' THEN CASE WHEN more_luck < 0.99 THEN 200 WHEN more_luck < 0.9999 THEN 202 ELSE 207 END
    WHEN 'http_5xx' THEN CASE WHEN more_luck < 0.5 THEN 500 WHEN more_luck < 0.9 THEN 502 WHEN more_luck < 0.999 THEN 503 ELSE 507 END
    WHEN 'http_4xx' THEN CASE WHEN more_luck < 0.5 THEN 404 WHEN more_luck < 0.999 THEN 401 ELSE 418 END
    WHEN 'throttled' THEN 429
    WHEN 'payload_too_large' THEN 413 END::smallint AS http_status) http_status;
ALTER TABLE seed.month_{ago} ADD PRIMARY KEY (organisation_id, id);
-- Those of the parent, whatever they are; attaching adopts them.
DO $$
DECLARE
    definition text;
BEGIN
    FOR definition IN SELECT pg_get_indexdef(indexrelid) FROM pg_index
                      WHERE indrelid = 'attempts'::regclass AND NOT indisprimary LOOP
        EXECUTE regexp_replace(definition, ' INDEX .* ON (ONLY )?[a-z.]+ ', ' INDEX ON seed.month_{ago} ');
    END LOOP;
END
$$;
COMMIT;
