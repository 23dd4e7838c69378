SELECT * FROM attempts a
 WHERE a.organisation_id = key.organisation_id AND a.webhook_id = key.webhook_id
   AND a.id >= uuid_v7_floor(key.day::timestamp AT TIME ZONE 'UTC' - interval '1 second')
   AND a.id < uuid_v7_floor((key.day + 1)::timestamp AT TIME ZONE 'UTC' + interval '1 second')
   AND (a.started_at AT TIME ZONE 'UTC')::date = key.day
