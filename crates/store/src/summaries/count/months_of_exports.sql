-- $1 organisations, $2 webhooks, $3 months
INSERT INTO export_days (organisation_id, span, day, webhook_id, end_state, outcome, exports, candidates,
    first_at, last_at, newest)
SELECT d.organisation_id, 'month', key.month, d.webhook_id, d.end_state, d.outcome, sum(d.exports),
       sum(d.candidates), min(d.first_at), max(d.last_at), max(d.newest)
FROM unnest($1::uuid[], $2::uuid[], $3::date[]) AS key (organisation_id, webhook_id, month)
JOIN export_days d ON d.organisation_id = key.organisation_id AND d.webhook_id = key.webhook_id
 AND d.span = 'day' AND d.day >= key.month AND d.day < (key.month + interval '1 month')::date
GROUP BY d.organisation_id, key.month, d.webhook_id, d.end_state, d.outcome
