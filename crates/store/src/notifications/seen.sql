-- $1 organisation, $2 member, $3 ids or null, $4 the last of them or null. Answers how many were new.
WITH marked AS (
    UPDATE notifications SET seen_at = now()
    WHERE organisation_id = $1 AND member_id = $2 AND seen_at IS NULL
      AND ($3::uuid[] IS NULL OR id = ANY ($3)) AND ($4::uuid IS NULL OR id <= $4)
    RETURNING 1
)
SELECT count(*) FROM marked
