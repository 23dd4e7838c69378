ON CONFLICT (organisation_id, span, day, webhook_id, outcome) DO UPDATE
SET attempts = attempt_days.attempts + excluded.attempts,
    exports = attempt_days.exports + excluded.exports,
    first_tries = attempt_days.first_tries + excluded.first_tries,
    first_at = least(attempt_days.first_at, excluded.first_at),
    last_at = greatest(attempt_days.last_at, excluded.last_at),
    newest = greatest(attempt_days.newest, excluded.newest)
