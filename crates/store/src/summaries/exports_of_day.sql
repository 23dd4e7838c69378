SELECT * FROM exports e
 WHERE e.organisation_id = key.organisation_id AND e.webhook_id = key.webhook_id
   AND e.id >= uuid_v7_floor(key.day::timestamp AT TIME ZONE 'UTC' - interval '1 second')
   AND e.id < uuid_v7_floor((key.day + 1)::timestamp AT TIME ZONE 'UTC' + interval '1 second')
   AND (e.requested_at AT TIME ZONE 'UTC')::date = key.day AND e.end_state IS NOT NULL
