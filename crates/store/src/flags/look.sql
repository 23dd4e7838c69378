-- $1 how old an id is before it is judged, in seconds. Whether there is something to judge: each answer
-- is the first row of an index.
SELECT (SELECT true FROM exports
        WHERE id > (SELECT until FROM flag_rounds ORDER BY until DESC LIMIT 1)
          AND id < uuid_v7_floor(now() - make_interval(secs => $1))
        ORDER BY id LIMIT 1) IS NOT NULL
    OR (SELECT true FROM flag_rounds WHERE look_again_at <= now()
        ORDER BY look_again_at LIMIT 1) IS NOT NULL
