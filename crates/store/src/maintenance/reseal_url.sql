-- $1 organisation, $2 webhook, $3 the value as it was read, $4 as it is from now on, $5 what finds an equal
-- URL of the organisation from now on, or null to keep it, $6 what finds one of others. Answers how many.
WITH resealed AS (
    UPDATE webhooks SET url_sealed = $4, url_hmac = coalesce($5, url_hmac)
     WHERE organisation_id = $1 AND id = $2 AND url_sealed = $3
    RETURNING organisation_id, id
), marked AS (
    INSERT INTO url_marks (organisation_id, webhook_id, mark)
    SELECT organisation_id, id, $6 FROM resealed
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM resealed
