INSERT INTO export_days (organisation_id, span, day, webhook_id, end_state, outcome, exports, candidates,
    first_at, last_at, newest)
SELECT d.organisation_id, span, date_trunc(span, d.day::timestamp)::date, d.webhook_id, d.end_state,
       d.outcome, sum(d.exports), sum(d.candidates), min(d.first_at), max(d.last_at), max(d.newest)
FROM (
    SELECT e.organisation_id, (e.requested_at AT TIME ZONE 'UTC')::date AS day, e.webhook_id, e.end_state,
           coalesce(e.outcome, '') AS outcome, count(*) AS exports, sum(e.candidate_count) AS candidates,
           min(e.requested_at) AS first_at, max(e.requested_at) AS last_at,
           max(e.id::text COLLATE "C") AS newest
    FROM
