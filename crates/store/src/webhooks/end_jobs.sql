-- $1 organisation, $2 webhook (its lane and itself are locked: no job of it comes or goes)
WITH ended AS (
    DELETE FROM export_jobs
     WHERE organisation_id = $1 AND webhook_id = $2 AND attempt_id IS NULL
    RETURNING organisation_id, export_id, attempt_number, ambiguous_count
), cancelled AS (
    UPDATE exports e
       SET end_state = 'cancelled',
           ended_by = 'webhook_deleted',
           outcome = (SELECT a.outcome
                        FROM attempts a
                       WHERE a.organisation_id = ended.organisation_id
                         AND a.export_id = ended.export_id
                         AND a.attempt_number = ended.attempt_number),
           ambiguous = ended.ambiguous_count > 0,
           attempt_count = ended.attempt_number,
           finished_at = clock_timestamp(),
           payload_kept_until = clock_timestamp() + interval '24 hours'
      FROM ended
     WHERE e.organisation_id = ended.organisation_id AND e.id = ended.export_id
    RETURNING 1
), stopping AS (
    UPDATE export_jobs
       SET stop_after_attempt = coalesce(stop_after_attempt, 'webhook_deleted')
     WHERE organisation_id = $1 AND webhook_id = $2 AND attempt_id IS NOT NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM cancelled) AS cancelled,
       (SELECT count(*) FROM stopping) AS still_sending
