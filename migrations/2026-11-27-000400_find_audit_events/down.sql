DROP INDEX audit_events_object_type_idx;
DROP INDEX audit_events_action_idx;
DROP INDEX audit_events_support_idx;
DROP INDEX audit_events_removed_idx;
DROP INDEX audit_events_object_idx;
DROP INDEX audit_events_actor_idx;
