-- $6 the successor: what goes on is noted for it, in the transaction of the replacement, which has locked
-- the lane and the webhook. What the replaced one was still to take over itself counts as waiting.
, moved AS (
    UPDATE carry_overs SET webhook_id = $6
    WHERE organisation_id = $1 AND webhook_id = $2 AND $5
    RETURNING export_id
), dropped AS (
    DELETE FROM carry_overs
    WHERE organisation_id = $1 AND webhook_id = $2 AND NOT $5
    RETURNING export_id
), noted AS (
    INSERT INTO carry_overs (organisation_id, export_id, webhook_id)
    SELECT $1, id, $6 FROM failed WHERE kept
    UNION ALL
    SELECT $1, id, $6 FROM job WHERE goes_on
    ON CONFLICT DO NOTHING
)
SELECT (SELECT count(*) FROM failed WHERE kept) AS failed,
       (SELECT count(*) FROM job WHERE goes_on AND NOT sending)
           + (SELECT count(*) FROM moved) AS waiting,
       (SELECT count(*) FROM job WHERE goes_on AND sending) AS sending,
       (SELECT count(*) FROM job WHERE NOT goes_on AND NOT sending)
           + (SELECT count(*) FROM dropped) AS cancelled,
       (SELECT count(*) FROM failed WHERE NOT kept) AS payload_gone
