-- $1 organisations, $2 webhooks, $3 days, $4 how far it is counted. An id is made a moment before its attempt
-- begins.
unnest($1::uuid[], $2::uuid[], $3::date[]) AS key (organisation_id, webhook_id, day)
CROSS JOIN LATERAL (
    SELECT * FROM attempts
     WHERE organisation_id = key.organisation_id AND webhook_id = key.webhook_id
       AND id >= uuid_v7_floor(key.day::timestamp AT TIME ZONE 'UTC' - interval '1 second')
       AND id < uuid_v7_floor((key.day + 1)::timestamp AT TIME ZONE 'UTC' + interval '1 second')
       AND id < uuid_v7_floor($4)
       AND (started_at AT TIME ZONE 'UTC')::date = key.day
    OFFSET 0
) a
GROUP BY 1, 2, 3, 4
) d
CROSS JOIN unnest(ARRAY['day']) span
GROUP BY 1, 2, 3, 4, 5
