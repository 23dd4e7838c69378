-- $1 organisation, $2 webhook, $3 owner or null for whoever it is, $4 next review or null for in a
-- year, $5 type, $6 id, $7 name and $8 e-mail of who reviewed it. Over the review before.
INSERT INTO webhook_reviews AS r (
       organisation_id, webhook_id, owner, review_by, reviewed_at,
       reviewed_by_type, reviewed_by_id, reviewed_by_name, reviewed_by_email)
VALUES ($1, $2, $3, coalesce($4, now() + interval '1 year'), now(), $5, $6, $7, $8)
    ON CONFLICT (organisation_id, webhook_id) DO UPDATE
   SET owner = coalesce(EXCLUDED.owner, r.owner),
       review_by = EXCLUDED.review_by,
       reviewed_at = EXCLUDED.reviewed_at,
       reviewed_by_type = EXCLUDED.reviewed_by_type,
       reviewed_by_id = EXCLUDED.reviewed_by_id,
       reviewed_by_name = EXCLUDED.reviewed_by_name,
       reviewed_by_email = EXCLUDED.reviewed_by_email
RETURNING review_by
