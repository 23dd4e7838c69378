-- $1 organisation, $2 webhook, $3 secret, $4 the value as it was read, $5 as it is from now on.
UPDATE webhook_secrets SET secret_sealed = $5
 WHERE organisation_id = $1 AND webhook_id = $2 AND id = $3 AND secret_sealed = $4
