-- $1 organisations, $2 exports, $3 end states, $4 ended by, $5 outcomes, $6 ambiguous,
-- $7 attempt counts, $8 seconds that the payload is kept, $9 when it ended, or null for now. Without an
-- outcome it is that of the last attempt. What was accepted once stays accepted, however a later send
-- ends.
WITH ended AS (
    UPDATE exports e
    SET end_state = CASE WHEN e.first_accepted_at IS NULL THEN ended.end_state ELSE 'delivered' END,
        ended_by = ended.ended_by,
        outcome = coalesce(ended.outcome, (
            SELECT a.outcome FROM attempts a
            WHERE a.organisation_id = ended.organisation_id AND a.export_id = ended.id
              AND a.attempt_number = ended.attempt_count)),
        -- Every possible arrival is told in the end, those before a resend included.
        ambiguous = (ended.ambiguous OR e.ambiguous) AND e.first_accepted_at IS NULL
            AND ended.end_state <> 'delivered',
        first_accepted_at = coalesce(
            e.first_accepted_at, CASE WHEN ended.end_state = 'delivered' THEN now() END),
        attempt_count = ended.attempt_count, finished_at = coalesce(ended.at, now()),
        payload_kept_until = coalesce(ended.at, now()) + make_interval(secs => ended.kept_s)
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[],
                $7::integer[], $8::float8[], $9::timestamptz[])
        AS ended (organisation_id, id, end_state, ended_by, outcome, ambiguous, attempt_count,
                  kept_s, at)
    WHERE e.organisation_id = ended.organisation_id AND e.id = ended.id
    RETURNING e.organisation_id, e.id, e.payload_kept_until
)
INSERT INTO payload_ends (organisation_id, export_id, kept_until)
SELECT organisation_id, id, payload_kept_until FROM ended
ON CONFLICT DO NOTHING
