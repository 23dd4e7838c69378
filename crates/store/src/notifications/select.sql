SELECT n.id, n.kind, n.at, n.seen_at, n.export_id, n.webhook_id, n.facts,
       w.name AS webhook_name, w.deleted_at AS webhook_deleted_at, w.host
FROM notifications n
LEFT JOIN webhooks w ON w.organisation_id = n.organisation_id AND w.id = n.webhook_id
