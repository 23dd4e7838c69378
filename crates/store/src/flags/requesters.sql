-- $1 exports. Notes who asked for them. What is too long for an index is nobody's address.
INSERT INTO requesters AS known (organisation_id, id, email, asked_on)
SELECT e.organisation_id, e.requested_by_id, e.requested_by_email, max((e.requested_at AT TIME ZONE 'UTC')::date)
  FROM unnest($1::uuid[]) AS asked (id)
 CROSS JOIN LATERAL (SELECT * FROM exports WHERE id = asked.id OFFSET 0) e
 WHERE e.requested_by_email <> '' AND octet_length(e.requested_by_id) + octet_length(e.requested_by_email) <= 2000
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, 3
    ON CONFLICT (organisation_id, id, email) DO UPDATE
   SET asked_on = EXCLUDED.asked_on
 WHERE known.asked_on < EXCLUDED.asked_on
