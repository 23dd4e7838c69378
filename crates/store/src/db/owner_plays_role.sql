-- Whether this session took another role than that of its login, which may do more: it owns the tables.
SELECT current_user <> session_user AND EXISTS (
    SELECT FROM pg_class WHERE oid = to_regclass('exports') AND pg_has_role(session_user, relowner, 'MEMBER'))
