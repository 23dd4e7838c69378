-- $1 organisations and $2 ids of things of theirs. Answers the names of those that are there: of webhooks,
-- live or deleted, of keys, and of the organisations themselves. Another organisation's has none.
SELECT asked.id, coalesce(w.name, k.name, o.name)
  FROM unnest($1::uuid[], $2::uuid[]) AS asked (organisation_id, id)
  LEFT JOIN webhooks w ON w.organisation_id = asked.organisation_id AND w.id = asked.id
  LEFT JOIN api_keys k ON k.organisation_id = asked.organisation_id AND k.id = asked.id
  LEFT JOIN organisations o ON o.id = asked.organisation_id AND o.id = asked.id
 WHERE coalesce(w.name, k.name, o.name) IS NOT NULL
