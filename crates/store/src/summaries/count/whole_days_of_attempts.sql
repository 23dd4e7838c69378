-- $1 organisations, $2 days
INSERT INTO attempt_days (organisation_id, span, day, webhook_id, outcome, attempts, exports, first_tries,
    first_at, last_at, newest)
SELECT d.organisation_id, 'whole', d.day, '00000000-0000-0000-0000-000000000000', d.outcome, sum(d.attempts),
       sum(d.exports), sum(d.first_tries), min(d.first_at), max(d.last_at), max(d.newest)
FROM unnest($1::uuid[], $2::date[]) AS key (organisation_id, day)
JOIN attempt_days d ON d.organisation_id = key.organisation_id AND d.span = 'day' AND d.day = key.day
GROUP BY d.organisation_id, d.day, d.outcome
