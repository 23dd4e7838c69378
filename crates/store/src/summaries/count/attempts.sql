-- An export is counted at its first attempt with an outcome. Ids of attempts are above that of their export.
INSERT INTO attempt_days (organisation_id, span, day, webhook_id, outcome, attempts, exports, first_tries,
    first_at, last_at, newest)
SELECT a.organisation_id, span, date_trunc(span, a.started_at AT TIME ZONE 'UTC')::date, a.webhook_id,
       a.outcome, count(*), count(*) FILTER (WHERE a.is_first),
       count(*) FILTER (WHERE a.attempt_number = 1), min(a.started_at), max(a.started_at),
       max((a.id::text || ' ' || a.export_id::text) COLLATE "C")
FROM (
    SELECT a.*, a.attempt_number = 1 OR NOT EXISTS (
        SELECT FROM attempts b
         WHERE b.organisation_id = a.organisation_id AND b.export_id = a.export_id
           AND b.outcome = a.outcome AND b.id >= a.export_id AND b.id < a.id) AS is_first
    FROM
