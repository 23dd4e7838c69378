-- $1 organisation or null, $2 words or null (all), $3 name after which the page starts or null, $4 what
-- is called so comes first, or null, $5 rows. Each word as in search_text(): no name is found by nothing.
SELECT o.id, o.name, o.created_at, hooks.live, hooks.failing, hooks.disabled,
       (SELECT e.requested_at FROM exports e
         WHERE e.organisation_id = o.id ORDER BY e.id DESC LIMIT 1) AS last_export_at
  FROM (SELECT id, name, created_at, search_text(name) = search_text($4::text) AS is_first
          FROM organisations
         WHERE ($1::uuid IS NULL OR id = $1)
           AND ($3::text IS NULL OR name > $3)
           AND ($2::text[] IS NULL
                OR cardinality(search_words($2)) > 0
                   AND replace(search_text(name), ' ', '') LIKE ALL (search_patterns($2))
                   AND (search_text(name) LIKE ALL (search_patterns($2))
                        OR has_search_words(search_text(name), search_words($2))))
         ORDER BY coalesce(search_text(name) = search_text($4::text), false) DESC, name
         LIMIT $5
       ) o
 CROSS JOIN LATERAL (
       SELECT count(*) AS live,
              count(*) FILTER (WHERE l.disabled_at IS NULL AND l.failing_since IS NOT NULL) AS failing,
              count(*) FILTER (WHERE l.disabled_at IS NOT NULL) AS disabled
         FROM webhooks w
         JOIN lanes l ON l.organisation_id = w.organisation_id AND l.webhook_id = w.id
        WHERE w.organisation_id = o.id AND w.deleted_at IS NULL
       ) hooks
 ORDER BY coalesce(o.is_first, false) DESC, o.name
