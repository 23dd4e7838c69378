-- $1 organisations, $2 webhooks, $3 exports, one by one: whether the webhook accepted something before
-- that export, and whether a large one ($4 people) went there. Of the first 200: what had more is not new.
SELECT asked.place,
       EXISTS (
           SELECT FROM (
               SELECT end_state, first_accepted_at FROM exports
               WHERE organisation_id = asked.organisation_id AND webhook_id = asked.webhook_id
                 AND id < asked.id AND type = 'candidates'
               ORDER BY id LIMIT 200) e
           WHERE e.first_accepted_at IS NOT NULL OR e.end_state = 'delivered') AS accepted_before,
       EXISTS (
           SELECT FROM (
               SELECT candidate_count, row_number() OVER (ORDER BY id) AS place FROM exports
               WHERE organisation_id = asked.organisation_id AND webhook_id = asked.webhook_id
                 AND id < asked.id AND type = 'candidates'
               ORDER BY id LIMIT 200) e
           WHERE e.candidate_count >= $4 OR e.place = 200) AS large_before
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[])
       WITH ORDINALITY AS asked (organisation_id, webhook_id, id, place)
