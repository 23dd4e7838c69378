-- $1 organisation or null, $2 key of an e-mail address. Who asked, under which address, and where: whoever may have it.
-- They are noted when their exports are judged; what is not judged yet, or may have come late, is read itself.
SELECT found.id, found.email, found.organisation_id
  FROM (SELECT r.id, r.email, r.organisation_id
          FROM (SELECT * FROM requesters WHERE email_key = $2
                 UNION ALL
                SELECT * FROM requesters WHERE email_key IS NULL) r
         CROSS JOIN LATERAL (
               SELECT FROM exports e
                WHERE e.organisation_id = r.organisation_id AND e.requested_by_id = r.id LIMIT 1
               ) has_asked
         WHERE $1::uuid IS NULL OR r.organisation_id = $1
         UNION
        SELECT e.requested_by_id, e.requested_by_email, e.organisation_id
          FROM exports e
         WHERE e.id > coalesce(
                   (SELECT since FROM flag_rounds WHERE looks = 0 ORDER BY until LIMIT 1),
                   (SELECT until FROM flag_rounds ORDER BY until DESC LIMIT 1),
                   '00000000-0000-0000-0000-000000000000')
           AND ($1::uuid IS NULL OR e.organisation_id = $1)
           AND coalesce(plain_email_key(e.requested_by_email), $2) = $2
       ) found
 ORDER BY found.id
