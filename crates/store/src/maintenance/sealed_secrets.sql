-- $1 organisation, $2 webhook and $3 secret after which the batch starts, or null, $4 rows. Earlier secrets
-- that sign along no more are there until they are destroyed.
SELECT organisation_id, webhook_id, id AS row_id, secret_sealed AS value
  FROM webhook_secrets
 WHERE $1::uuid IS NULL OR (organisation_id, webhook_id, id) > ($1, $2, $3)
 ORDER BY organisation_id, webhook_id, id
 LIMIT $4
