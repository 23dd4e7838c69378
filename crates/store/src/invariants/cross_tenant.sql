-- Foreign keys forbid some of these; the log and the queue have none.
SELECT 'exports ' || e.id AS what FROM exports e
WHERE NOT EXISTS (SELECT FROM webhooks w WHERE w.organisation_id = e.organisation_id AND w.id = e.webhook_id)
UNION ALL
SELECT 'attempts ' || a.id FROM attempts a
WHERE NOT EXISTS (
    SELECT FROM exports e
    WHERE e.organisation_id = a.organisation_id AND e.id = a.export_id
      AND e.webhook_id = a.webhook_id AND e.requested_by_id = a.requested_by_id)
UNION ALL
SELECT 'export_jobs ' || j.export_id FROM export_jobs j
WHERE NOT EXISTS (
    SELECT FROM exports e
    WHERE e.organisation_id = j.organisation_id AND e.id = j.export_id AND e.webhook_id = j.webhook_id)
UNION ALL
SELECT 'lanes ' || l.webhook_id FROM lanes l
WHERE NOT EXISTS (SELECT FROM webhooks w WHERE w.organisation_id = l.organisation_id AND w.id = l.webhook_id)
UNION ALL
SELECT 'attempt_days ' || d.newest FROM attempt_days d
WHERE d.span <> 'whole'
  AND NOT EXISTS (SELECT FROM webhooks w WHERE w.organisation_id = d.organisation_id AND w.id = d.webhook_id)
UNION ALL
SELECT 'export_days ' || d.newest FROM export_days d
WHERE NOT EXISTS (SELECT FROM webhooks w WHERE w.organisation_id = d.organisation_id AND w.id = d.webhook_id)
UNION ALL
SELECT 'export_applications ' || p.export_id FROM export_applications p
WHERE NOT EXISTS (
    SELECT FROM applications a
    WHERE a.organisation_id = p.organisation_id AND a.id = p.application_id AND a.candidate_id = p.candidate_id)
UNION ALL
SELECT 'export_payloads ' || p.export_id FROM export_payloads p
WHERE convert_from(p.body, 'UTF8')::jsonb #>> '{organisation,id}' IS DISTINCT FROM p.organisation_id::text
UNION ALL
SELECT 'idempotency_keys ' || k.key FROM idempotency_keys k
WHERE EXISTS (SELECT FROM exports e WHERE e.id = k.resource_id AND e.organisation_id <> k.organisation_id)
UNION ALL
SELECT 'notifications ' || n.id FROM notifications n
WHERE EXISTS (SELECT FROM webhooks w WHERE w.id = n.webhook_id AND w.organisation_id <> n.organisation_id)
   OR EXISTS (SELECT FROM exports e WHERE e.id = n.export_id AND e.organisation_id <> n.organisation_id)
