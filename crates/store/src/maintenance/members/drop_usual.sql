-- $1 most rows of each kind. Nobody asks what was usual longer ago.
WITH days AS (
    DELETE FROM member_days WHERE (organisation_id, requested_by_id, day) IN (
        SELECT organisation_id, requested_by_id, day FROM member_days
        WHERE day < (now() AT TIME ZONE 'UTC')::date - 100 ORDER BY day LIMIT $1)
    RETURNING 1
), hours AS (
    DELETE FROM export_hours WHERE (organisation_id, week, hour) IN (
        SELECT organisation_id, week, hour FROM export_hours
        WHERE week < (now() AT TIME ZONE 'UTC')::date - 100 ORDER BY week LIMIT $1)
    RETURNING 1
)
SELECT (SELECT count(*) FROM days) + (SELECT count(*) FROM hours)
