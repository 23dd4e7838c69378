-- $1 organisations, $2 webhooks, $3 days, $4 how far it is counted. An id is that of the time at which it was
-- asked for.
unnest($1::uuid[], $2::uuid[], $3::date[]) AS key (organisation_id, webhook_id, day)
CROSS JOIN LATERAL (
    SELECT * FROM exports e
     WHERE e.organisation_id = key.organisation_id AND e.webhook_id = key.webhook_id
       AND e.id >= uuid_v7_floor(key.day::timestamp AT TIME ZONE 'UTC' - interval '1 second')
       AND e.id < uuid_v7_floor((key.day + 1)::timestamp AT TIME ZONE 'UTC' + interval '1 second')
       AND (e.requested_at AT TIME ZONE 'UTC')::date = key.day
       AND e.end_state IS NOT NULL
       AND NOT EXISTS (
           SELECT FROM export_ends x
            WHERE x.organisation_id = e.organisation_id AND x.end_state = e.end_state
              AND x.export_id = e.id AND x.written_at >= $4)
    OFFSET 0
) e
GROUP BY 1, 2, 3, 4, 5
) d
CROSS JOIN unnest(ARRAY['day']) span
GROUP BY 1, 2, 3, 4, 5, 6
