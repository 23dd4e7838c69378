SELECT child.relname::text AS name
FROM pg_inherits
JOIN pg_class child ON child.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = 'attempts'::regclass
  AND child.relname ~ '^attempts_[0-9]{4}_[0-9]{2}$'
  AND child.relname::text COLLATE "C" < $1
ORDER BY child.relname
