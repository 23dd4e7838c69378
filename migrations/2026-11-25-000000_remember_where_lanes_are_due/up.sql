ALTER TABLE lanes ADD COLUMN due_from timestamptz NOT NULL DEFAULT 'epoch';
COMMENT ON COLUMN lanes.due_from IS 'A lower bound of run_at of the waiting jobs, which lags: claims need not walk what older jobs left in the index. A sweep lowers it where it hides a job';
