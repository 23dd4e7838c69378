ON CONFLICT (organisation_id, span, day, webhook_id, end_state, outcome) DO UPDATE
SET exports = export_days.exports + excluded.exports,
    candidates = export_days.candidates + excluded.candidates,
    first_at = least(export_days.first_at, excluded.first_at),
    last_at = greatest(export_days.last_at, excluded.last_at),
    newest = greatest(export_days.newest, excluded.newest)
