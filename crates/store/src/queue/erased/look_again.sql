-- $1 most erasures. Exports that were being accepted while somebody was erased may carry them all the same:
-- the claim holds them back, and here they are noted. An export is younger than ten minutes when it is
-- written.
WITH due AS MATERIALIZED (
    SELECT organisation_id, candidate_id, erased_at FROM erasures
    WHERE look_again_at <= now()
    ORDER BY look_again_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
), late AS (
    INSERT INTO erasure_cuts (organisation_id, export_id)
    SELECT DISTINCT due.organisation_id, p.export_id
    FROM due
    JOIN export_applications p
        ON p.organisation_id = due.organisation_id AND p.candidate_id = due.candidate_id
    WHERE p.export_id >= uuid_v7_floor(due.erased_at - interval '10 minutes')
    ORDER BY due.organisation_id, p.export_id
    ON CONFLICT DO NOTHING
)
UPDATE erasures e SET look_again_at = NULL
FROM due
WHERE e.organisation_id = due.organisation_id AND e.candidate_id = due.candidate_id
