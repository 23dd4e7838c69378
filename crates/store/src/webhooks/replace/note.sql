-- $6 the successor: what goes on is noted for it, in the transaction of the replacement, which has locked
-- the lane and the webhook. What the replaced one was still to take over goes on by the same question. Who
-- sends one on by hand drops its row: what is gone by now is not counted.
, moved AS (
    UPDATE carry_overs c SET webhook_id = $6, retry_at = NULL
    FROM promised
    WHERE c.organisation_id = $1 AND c.export_id = promised.id
      AND promised.asked_for AND promised.kept
    RETURNING c.stood
), dropped AS (
    DELETE FROM carry_overs c
    USING (
        SELECT o.export_id AS id FROM carry_overs o LEFT JOIN promised ON promised.id = o.export_id
        WHERE o.organisation_id = $1 AND o.webhook_id = $2
          AND (promised.asked_for AND promised.kept) IS NOT TRUE
    ) stays
    WHERE c.organisation_id = $1 AND c.export_id = stays.id
), noted AS (
    INSERT INTO carry_overs (organisation_id, export_id, webhook_id, stood)
    SELECT $1, id, $6, 'failed' FROM failed WHERE kept
    UNION ALL
    SELECT $1, id, $6, CASE WHEN sending THEN 'sending' ELSE 'waiting' END FROM job WHERE goes_on
    ON CONFLICT DO NOTHING
)
SELECT (SELECT count(*) FROM failed WHERE kept)
           + (SELECT count(*) FROM moved WHERE stood = 'failed') AS failed,
       (SELECT count(*) FROM job WHERE goes_on AND NOT sending)
           + (SELECT count(*) FROM moved WHERE stood = 'waiting') AS waiting,
       (SELECT count(*) FROM job WHERE goes_on AND sending)
           + (SELECT count(*) FROM moved WHERE stood = 'sending') AS sending,
       (SELECT count(*) FROM job WHERE NOT goes_on AND NOT sending)
           + (SELECT count(*) FROM promised WHERE NOT (asked_for AND kept) AND stood = 'waiting')
           AS cancelled,
       (SELECT count(*) FROM failed WHERE NOT kept)
           + (SELECT count(*) FROM promised WHERE asked_for AND NOT kept AND stood = 'failed')
           AS payload_gone
