-- $1 organisation and $2 webhook after which the batch starts, or null, $3 rows. Of deleted webhooks, too,
-- while something is on the wire to them.
SELECT organisation_id, id AS webhook_id, id AS row_id, url_sealed AS value
  FROM webhooks
 WHERE url_sealed IS NOT NULL
   AND ($1::uuid IS NULL OR (organisation_id, id) > ($1, $2))
 ORDER BY organisation_id, id
 LIMIT $3
