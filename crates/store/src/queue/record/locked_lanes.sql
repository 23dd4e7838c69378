-- $1 organisations, $2 webhooks of lanes that were not locked by us: those that are there are locked by
-- somebody else. The others are gone.
SELECT l.organisation_id, l.webhook_id
FROM lanes l
WHERE (l.organisation_id, l.webhook_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
