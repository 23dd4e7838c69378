-- An export is counted at its first attempt with an outcome. Ids of attempts are above that of their export.
INSERT INTO attempt_days (organisation_id, span, day, webhook_id, outcome, attempts, exports, first_tries,
    first_at, last_at, newest)
SELECT d.organisation_id, span, date_trunc(CASE span WHEN 'whole' THEN 'day' ELSE span END, d.day::timestamp)::date,
       CASE span WHEN 'whole' THEN '00000000-0000-0000-0000-000000000000' ELSE d.webhook_id END, d.outcome,
       sum(d.attempts), sum(d.exports), sum(d.first_tries), min(d.first_at), max(d.last_at), max(d.newest)
FROM (
    SELECT a.organisation_id, (a.started_at AT TIME ZONE 'UTC')::date AS day, a.webhook_id, a.outcome,
           count(*) AS attempts,
           count(*) FILTER (WHERE a.attempt_number = 1 OR NOT EXISTS (
               SELECT FROM attempts b
                WHERE b.organisation_id = a.organisation_id AND b.export_id = a.export_id
                  AND b.outcome = a.outcome AND b.id >= a.export_id AND b.id < a.id)) AS exports,
           count(*) FILTER (WHERE a.attempt_number = 1) AS first_tries,
           min(a.started_at) AS first_at, max(a.started_at) AS last_at,
           max((a.id::text || ' ' || a.export_id::text) COLLATE "C") AS newest
    FROM
