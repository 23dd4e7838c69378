INSERT INTO export_days (organisation_id, span, day, webhook_id, end_state, outcome, exports, candidates,
    first_at, last_at, newest)
SELECT e.organisation_id, span, date_trunc(span, e.requested_at AT TIME ZONE 'UTC')::date, e.webhook_id,
       e.end_state, coalesce(e.outcome, ''), count(*), sum(e.candidate_count), min(e.requested_at),
       max(e.requested_at), max(e.id::text COLLATE "C")
FROM
