-- $1 organisation, $2 export, $3 the webhook that takes over. Both are locked where nobody else holds
-- them, the webhook first; whoever holds one is not waited for. Whether they are; an export that is gone
-- is in nobody's hands.
WITH webhook AS MATERIALIZED (
    SELECT id FROM webhooks WHERE organisation_id = $1 AND id = $3
    FOR KEY SHARE SKIP LOCKED
), export AS MATERIALIZED (
    SELECT id FROM exports
    WHERE organisation_id = $1 AND id = $2 AND EXISTS (SELECT FROM webhook)
    FOR NO KEY UPDATE SKIP LOCKED
)
SELECT EXISTS (SELECT FROM webhook) AND (
           EXISTS (SELECT FROM export)
           OR NOT EXISTS (SELECT FROM exports WHERE organisation_id = $1 AND id = $2)) AS free
