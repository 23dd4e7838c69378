SELECT count(*) AS live,
       count(*) FILTER (WHERE failing_since IS NOT NULL AND disabled_at IS NULL) AS failing,
       count(*) FILTER (WHERE disabled_at IS NOT NULL) AS disabled
  FROM lanes
 WHERE deleted_at IS NULL
