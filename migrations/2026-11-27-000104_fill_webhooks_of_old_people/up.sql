-- Where did a person's data go: read along export_applications_sent_idx, which has no place for rows of exports
-- that an earlier version accepted more than 90 days before its upgrade. In a transaction of its own: it reads
-- the whole table, and locks rows that nobody else writes.
UPDATE export_applications p SET webhook_id = e.webhook_id
FROM exports e
WHERE p.webhook_id IS NULL AND e.organisation_id = p.organisation_id AND e.id = p.export_id;
