-- $1 organisations, $2 webhooks, $3 days, $4 day or month
DELETE FROM export_days d
USING unnest($1::uuid[], $2::uuid[], $3::date[]) AS key (organisation_id, webhook_id, day)
WHERE d.organisation_id = key.organisation_id AND d.webhook_id = key.webhook_id AND d.day = key.day
  AND d.span = $4
