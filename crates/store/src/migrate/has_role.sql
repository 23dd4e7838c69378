-- $1 a role. Whether it is there and the login role may take it.
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1::text AND pg_has_role(rolname, 'MEMBER'))
