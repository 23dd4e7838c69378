SELECT organisation_id, actor_type, actor_id, actor_role, action, object_type, object_id, details,
       request_id
FROM audit_events
ORDER BY id
