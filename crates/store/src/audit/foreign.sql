-- $1 organisation of the actor, $2 types and $3 ids of objects. Answers those that are another
-- organisation's. Vacancies, candidates and applications are looked for in each: there is no index by id alone.
SELECT asked.kind, asked.id
FROM unnest($2::text[], $3::uuid[]) AS asked (kind, id)
WHERE CASE asked.kind
      WHEN 'export' THEN EXISTS (
          SELECT FROM exports e WHERE e.id = asked.id AND e.organisation_id <> $1)
      WHEN 'webhook' THEN EXISTS (
          SELECT FROM webhooks w WHERE w.id = asked.id AND w.organisation_id <> $1)
      WHEN 'api_key' THEN EXISTS (
          SELECT FROM api_keys k WHERE k.id = asked.id AND k.organisation_id <> $1)
      WHEN 'vacancy' THEN EXISTS (
          SELECT FROM organisations o CROSS JOIN LATERAL (
              SELECT FROM vacancies v WHERE v.organisation_id = o.id AND v.id = asked.id OFFSET 0) v
          WHERE o.id <> $1)
      WHEN 'application' THEN EXISTS (
          SELECT FROM organisations o CROSS JOIN LATERAL (
              SELECT FROM applications a WHERE a.organisation_id = o.id AND a.id = asked.id
              OFFSET 0) a
          WHERE o.id <> $1)
      WHEN 'candidate' THEN EXISTS (
          SELECT FROM organisations o CROSS JOIN LATERAL (
              SELECT FROM candidates c WHERE c.organisation_id = o.id AND c.id = asked.id OFFSET 0) c
          WHERE o.id <> $1)
      ELSE false END
