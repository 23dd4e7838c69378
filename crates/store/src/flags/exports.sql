-- $1 exports. What they say themselves, and what their webhooks are; tests are left out. OFFSET 0 keeps the
-- look-ups by key.
WITH asked AS MATERIALIZED (
    SELECT e.*
    FROM unnest($1::uuid[]) AS asked (id)
    CROSS JOIN LATERAL (SELECT * FROM exports WHERE id = asked.id OFFSET 0) e
    WHERE e.type = 'candidates'
), webhook AS MATERIALIZED (
    SELECT w.organisation_id, w.id, w.created_at,
           EXISTS (
               SELECT FROM url_marks own
               JOIN url_marks other
                 ON other.mark = own.mark AND other.organisation_id <> own.organisation_id
               JOIN webhooks live
                 ON live.organisation_id = other.organisation_id AND live.id = other.webhook_id
                AND live.deleted_at IS NULL
               WHERE own.organisation_id = w.organisation_id AND own.webhook_id = w.id) AS shared
    FROM (SELECT DISTINCT organisation_id, webhook_id FROM asked) one
    CROSS JOIN LATERAL (
        SELECT * FROM webhooks WHERE organisation_id = one.organisation_id AND id = one.webhook_id
        OFFSET 0
    ) w
)
SELECT e.organisation_id, e.id, e.requested_by_id, e.requested_at, e.candidate_count, e.webhook_id,
       e.host, e.vacancy_id, e.resent_from IS NOT NULL AS derived,
       webhook.created_at AS registered_at, webhook.shared
  FROM asked e
  JOIN webhook ON webhook.organisation_id = e.organisation_id AND webhook.id = e.webhook_id
 ORDER BY e.id
