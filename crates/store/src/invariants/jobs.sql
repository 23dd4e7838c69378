SELECT organisation_id, export_id, webhook_id, run_at, attempt_number, attempt_id, started_at,
       lease_until, worker
FROM export_jobs
