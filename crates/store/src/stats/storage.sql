-- Months by the names that make_partitions gives them.
SELECT pg_database_size(current_database()) AS database_bytes,
       count(*) FILTER (WHERE i.inhparent = 'attempts'::regclass) AS attempts_months,
       count(*) FILTER (WHERE i.inhparent = 'audit_events'::regclass) AS audit_months
FROM pg_inherits i
JOIN pg_class month ON month.oid = i.inhrelid
WHERE i.inhparent IN ('attempts'::regclass, 'audit_events'::regclass)
  AND right(month.relname, 7) > to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')
