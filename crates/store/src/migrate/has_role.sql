-- $1 name
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1::text)
