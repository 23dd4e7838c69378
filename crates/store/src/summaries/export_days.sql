SELECT d.organisation_id, d.webhook_id, d.end_state AS status, nullif(d.outcome, '') AS outcome, d.day,
       d.exports AS counted, d.candidates AS affected, d.first_at, d.last_at, d.newest
FROM export_days d
