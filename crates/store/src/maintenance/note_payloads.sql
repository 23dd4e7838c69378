-- $1 the shortest time in seconds that any payload is kept. Payloads that are over since an hour and of
-- which there is no hint: a process of an earlier version ended their exports. Ids carry their time, so
-- that those that are older than that are at the start of each organisation's.
INSERT INTO payload_ends (organisation_id, export_id, kept_until)
SELECT over.organisation_id, over.id, over.payload_kept_until
FROM organisations o CROSS JOIN LATERAL (
    SELECT e.organisation_id, e.id, e.payload_kept_until
    FROM export_payloads p
    JOIN exports e ON e.organisation_id = p.organisation_id AND e.id = p.export_id
    WHERE p.organisation_id = o.id
      AND p.export_id < uuid_v7_floor(now() - make_interval(secs => $1))
      AND e.payload_kept_until <= now() - interval '1 hour'
) over
ON CONFLICT DO NOTHING
