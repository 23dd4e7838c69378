-- $1 most rounds. Exports of earlier rounds whose commits came after those: they are judged now, and
-- noted there.
WITH due AS MATERIALIZED (
    SELECT since, until, judged, looks FROM flag_rounds
    WHERE look_again_at <= now()
    ORDER BY look_again_at LIMIT $1
), late AS MATERIALIZED (
    SELECT due.until, e.id
    FROM due
    CROSS JOIN LATERAL (
        SELECT id FROM exports WHERE id > due.since AND id <= due.until
        EXCEPT
        SELECT unnest(due.judged)
    ) e
), noted AS (
    UPDATE flag_rounds r
    SET judged = r.judged || ARRAY(SELECT id FROM late WHERE late.until = r.until),
        looks = r.looks + 1,
        look_again_at = CASE WHEN r.looks = 0 THEN now() + interval '15 minutes' ELSE 'infinity' END
    FROM due
    WHERE r.until = due.until
)
SELECT id FROM late ORDER BY id
