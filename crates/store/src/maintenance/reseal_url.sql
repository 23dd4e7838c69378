-- $1 organisation, $2 webhook, $3 the value as it was read, $4 as it is from now on, $5 what finds an equal
-- URL from now on, or null to keep it.
UPDATE webhooks SET url_sealed = $4, url_hmac = coalesce($5, url_hmac)
 WHERE organisation_id = $1 AND id = $2 AND url_sealed = $3
