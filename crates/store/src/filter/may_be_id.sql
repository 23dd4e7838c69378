-- $1 text. Whether somebody is noted under that id, or asked lately: see find_requesters.sql. The order keeps
-- the index by id alone.
SELECT EXISTS (SELECT FROM requesters WHERE id = $1)
    OR EXISTS (
       SELECT FROM (
              SELECT requested_by_id FROM exports
               WHERE id > coalesce(
                         (SELECT since FROM flag_rounds WHERE looks = 0 ORDER BY until LIMIT 1),
                         (SELECT until FROM flag_rounds ORDER BY until DESC LIMIT 1),
                         '00000000-0000-0000-0000-000000000000')
               ORDER BY id OFFSET 0) e
        WHERE e.requested_by_id = $1)
