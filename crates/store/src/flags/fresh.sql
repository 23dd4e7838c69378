-- $1 how old an id is before it is judged, in seconds, $2 most exports. Those after the last round.
SELECT e.id, e.candidate_count
  FROM (SELECT until FROM flag_rounds ORDER BY until DESC LIMIT 1) last
 CROSS JOIN LATERAL (
       SELECT id, candidate_count FROM exports
        WHERE id > last.until AND id < uuid_v7_floor(now() - make_interval(secs => $1))
        ORDER BY id LIMIT $2
       ) e
 ORDER BY e.id
