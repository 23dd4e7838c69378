-- Whether the login of this session takes the role of the application and may do more: it owns the tables.
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talentats_app' AND pg_has_role(session_user, oid, 'MEMBER'))
   AND EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('exports') AND pg_has_role(session_user, relowner, 'MEMBER'))
