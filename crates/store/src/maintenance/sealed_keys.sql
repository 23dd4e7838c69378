-- $1 organisation after which the batch starts, or null, $2 rows. They are of no webhook.
SELECT organisation_id, '00000000-0000-0000-0000-000000000000'::uuid AS webhook_id,
       organisation_id AS row_id, key_sealed AS value
  FROM reference_keys
 WHERE $1::uuid IS NULL OR organisation_id > $1
 ORDER BY organisation_id
 LIMIT $2
