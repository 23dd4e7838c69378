-- The month before, where its attempts are in.
DO $$
DECLARE
    month timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1 month';
    name text := 'attempts_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF attempts FOR VALUES FROM (%L) TO (%L)', name, uuid_v7_floor(month),
            uuid_v7_floor((month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'));
    END IF;
END
$$;
-- {ended} exports of an organisation that have ended, then {parked} that wait for their next try, and a
-- few that were never tried. Members and webhooks are skewed: the first of each has most. Few failed, fewer
-- were cancelled. What waits is of one webhook whose receiver is away, but for one in 100.
CREATE TEMPORARY TABLE hooks AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS hooks, id, name, host
  FROM webhooks WHERE organisation_id = '{organisation}';
CREATE TEMPORARY TABLE made AS
SELECT n, uuid_v7(at) AS id, at, n >= {ended} AS waits, n >= {ended} + {parked} AS fresh,
       floor(40 * (hashint8(n) & 1023) / 1024.0 * (hashint8(n + 1) & 1023) / 1024.0)::integer AS requester,
       CASE WHEN n >= {ended} AND n % 100 > 0 THEN 0 ELSE floor(hooks * ((hashint8(n + 2) & 1023) / 1024.0) ^ 2) END AS hook,
       (hashint8(n + 3) & 65535) AS luck
  FROM (SELECT count(*) AS hooks FROM hooks) hooks,
       LATERAL (SELECT n, now() - interval '25 days' + n * interval '2160000 seconds' / ({ended} + {parked} + 20) AS at
                  FROM generate_series(0, {ended} + {parked} + 20 - 1) n) numbers;
INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, vacancy_id, vacancy_title,
    requested_by_type, requested_by_id, requested_by_name, requested_by_email, requested_at, candidate_count,
    payload_bytes, payload_sha256, payload_kept_until, end_state, ended_by, outcome, attempt_count, finished_at)
SELECT '{organisation}', m.id, 'candidates', h.id, h.name, h.host, v.id, v.title,
       'member', 'auth0|rita-' || requester, 'Rita', 'rita-' || requester || '@example.com', at, 1,
       2222, sha256(int8send(m.n)), CASE WHEN NOT waits THEN at + interval '30 days' END, state,
       CASE state WHEN 'delivered' THEN 'receiver' WHEN 'failed' THEN 'gave_up' WHEN 'cancelled' THEN 'member' END,
       CASE state WHEN 'delivered' THEN 'delivered' WHEN 'failed' THEN 'http_5xx' END,
       CASE WHEN waits OR state = 'cancelled' THEN 0 ELSE 1 END, CASE WHEN NOT waits THEN at END
  FROM made m
  JOIN hooks h ON h.n = m.hook
  JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS vacancies, id, title
          FROM vacancies WHERE organisation_id = '{organisation}') v ON v.n = m.n % v.vacancies
 CROSS JOIN LATERAL (SELECT CASE WHEN waits THEN NULL WHEN luck < 60 THEN 'failed' WHEN luck < 66 THEN 'cancelled'
                                 ELSE 'delivered' END AS state) state
 ORDER BY m.n;
INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, enqueued_at, attempt_number,
    schedule_position, payload_bytes)
SELECT '{organisation}', m.id, h.id, now() + interval '12 hours' + m.n % 3600 * interval '1 second', now(),
       CASE WHEN fresh THEN 0 ELSE 1 END, CASE WHEN fresh THEN 0 ELSE 1 END, 2222
  FROM made m JOIN hooks h ON h.n = m.hook WHERE waits;
INSERT INTO attempts (organisation_id, id, export_id, webhook_id, webhook_name, host, requested_by_id,
    attempt_number, outcome, ambiguous, http_status, started_at, duration_ms, request_bytes_sent, payload_bytes,
    payload_sha256, response_headers, response_truncated, response_too_large, facts, worker)
SELECT organisation_id, uuid_v7(requested_at), id, webhook_id, webhook_name, host, requested_by_id, 1,
       CASE WHEN end_state = 'delivered' THEN 'delivered' ELSE 'http_5xx' END, false,
       CASE WHEN end_state = 'delivered' THEN 200 ELSE 503 END, requested_at, 40, 2222, 2222, payload_sha256,
       '{"content-type": "application/json"}', false, false, '{}', 'seed-1'
  FROM exports JOIN made USING (id)
 WHERE end_state IS DISTINCT FROM 'cancelled' AND NOT fresh;
-- The lanes are parked until their first job is due.
UPDATE lanes l SET next_run_at = coalesce(
       (SELECT min(run_at) FROM export_jobs j WHERE j.organisation_id = l.organisation_id AND j.webhook_id = l.webhook_id),
       'infinity')
 WHERE organisation_id = '{organisation}';
DROP TABLE made, hooks;
