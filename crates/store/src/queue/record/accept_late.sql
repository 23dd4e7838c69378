-- $1 organisations and $2 exports that a receiver accepted, as was learnt late. What has ended is told
-- as accepted; what is on the wire again ends after that attempt; what waits is answered, for its end.
-- The lanes are locked.
WITH RECURSIVE accepted AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS seen (organisation_id, export_id)
    UNION
    -- What carries it on has nothing left to bring: the receiver has these people. To another webhook it
    -- goes on: that receiver has nobody yet, and its lane is not locked.
    SELECT next.organisation_id, next.id
    FROM accepted
    JOIN exports e ON e.organisation_id = accepted.organisation_id AND e.id = accepted.export_id
    JOIN exports next ON next.organisation_id = e.organisation_id AND next.id = e.continued_as
        AND next.webhook_id = e.webhook_id
    WHERE e.ended_by IN ('restriction', 'erasure')
), told AS (
    UPDATE exports e
    SET first_accepted_at = coalesce(e.first_accepted_at, now()), ambiguous = false,
        end_state = CASE WHEN e.end_state IS NOT NULL THEN 'delivered' END,
        ended_by = CASE WHEN e.end_state = 'delivered' THEN e.ended_by
                        WHEN e.end_state IS NOT NULL THEN 'receiver' END,
        outcome = CASE WHEN e.end_state = 'delivered' THEN e.outcome
                       WHEN e.end_state IS NOT NULL THEN 'delivered' END
    FROM accepted
    WHERE e.organisation_id = accepted.organisation_id AND e.id = accepted.export_id
), stopped AS (
    UPDATE export_jobs j SET stop_after_attempt = 'receiver'
    FROM accepted
    WHERE j.organisation_id = accepted.organisation_id AND j.export_id = accepted.export_id
      AND j.attempt_id IS NOT NULL
)
DELETE FROM export_jobs j
USING accepted
WHERE j.organisation_id = accepted.organisation_id AND j.export_id = accepted.export_id
  AND j.attempt_id IS NULL
RETURNING j.organisation_id, j.export_id, j.attempt_number, j.enqueued_at
