-- $1 organisations, $2 webhooks, $3 UTC days, one by one, $4 reasons: which of these an export of that
-- webhook has that was asked for on that day; newest first, since what holds for one holds for the last one. OFFSET 0
-- keeps the look-ups by key.
SELECT asked.place, reason
  FROM unnest($1::uuid[], $2::uuid[], $3::date[])
       WITH ORDINALITY AS asked (organisation_id, webhook_id, day, place)
 CROSS JOIN unnest($4::text[]) AS reason
 WHERE EXISTS (
       SELECT FROM (
           SELECT id FROM exports
           WHERE organisation_id = asked.organisation_id AND webhook_id = asked.webhook_id
             AND id >= uuid_v7_floor(asked.day::timestamp AT TIME ZONE 'UTC')
             AND id < uuid_v7_floor((asked.day + 1)::timestamp AT TIME ZONE 'UTC')
           ORDER BY id DESC OFFSET 0
       ) e
       CROSS JOIN LATERAL (
           SELECT flags FROM export_flags
           WHERE organisation_id = asked.organisation_id AND export_id = e.id OFFSET 0
       ) f
       WHERE f.flags @> jsonb_build_array(jsonb_build_object('reason', reason)))
