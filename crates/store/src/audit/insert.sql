-- $1 type, $2 id, $3 name, $4 e-mail and $5 role of the actor, $6 request; one array per column of
-- the events: $7 organisations, $8 actions, $9 types and $10 ids of the objects, $11 details.
-- Answers the ids of the events. What members are notified of is news in the same moment.
WITH told AS (
    INSERT INTO audit_events (
        actor_type, actor_id, actor_name, actor_email, actor_role, request_id,
        organisation_id, action, object_type, object_id, details)
    SELECT $1, $2, $3, $4, $5, $6, event.organisation_id, event.action, event.object_type,
           event.object_id, event.details::jsonb
    FROM unnest($7::uuid[], $8::text[], $9::text[], $10::uuid[], $11::text[])
        AS event (organisation_id, action, object_type, object_id, details)
    RETURNING id, organisation_id, action, object_id, details
), news AS (
    INSERT INTO news (organisation_id, id, action, object_id, details)
    SELECT organisation_id, id, action, object_id, details FROM told
    WHERE action IN ('export.failed', 'export.flagged', 'webhook.failing', 'webhook.disabled',
                     'webhook.recovered')
      AND organisation_id IS NOT NULL AND object_id IS NOT NULL
)
SELECT id FROM told
