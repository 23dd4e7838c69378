-- Summaries: attempts and exports by day, webhook and outcome, so that an outage of one host is a line and
-- not a walk over the log. A sweep of the worker counts what is older than a few minutes; what is newer is
-- counted by whoever asks. Nothing here is written by a claim, by an ordinary result or by accepting.
CREATE TABLE attempt_days (
    organisation_id uuid NOT NULL,
    span text NOT NULL,
    day date NOT NULL,
    webhook_id uuid NOT NULL,
    outcome text NOT NULL,
    attempts integer NOT NULL,
    exports integer NOT NULL,
    first_tries integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    newest text COLLATE "C" NOT NULL,
    CONSTRAINT attempt_days_pkey PRIMARY KEY (organisation_id, span, day, webhook_id, outcome),
    CONSTRAINT attempt_days_span_known CHECK (span IN ('day', 'month', 'whole')),
    -- Whoever counts while an organisation is removed either is before it, and goes with it, or fails.
    CONSTRAINT attempt_days_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id) ON DELETE CASCADE
-- Today's are written again and again.
) WITH (fillfactor = 80);
CREATE INDEX attempt_days_span_idx ON attempt_days (span, day);
COMMENT ON TABLE attempt_days IS 'The log counted by day and by month: of attempts whose ids are below days_counted.until, and whose day is not in days_to_recount';
COMMENT ON COLUMN attempt_days.span IS 'day, or the same again for summaries of many: month, and whole: by day, of all webhooks of the organisation together';
COMMENT ON COLUMN attempt_days.webhook_id IS 'Zeros where span is whole';
COMMENT ON COLUMN attempt_days.day IS 'UTC day on which the attempts began; of a month the first';
COMMENT ON COLUMN attempt_days.exports IS 'Exports that had this outcome for the first time then; the sum over days counts each export once';
COMMENT ON COLUMN attempt_days.first_tries IS 'Exports whose first attempt this was; the sum over days and outcomes counts each export once';
COMMENT ON COLUMN attempt_days.first_at IS 'When the first of them began';
COMMENT ON COLUMN attempt_days.last_at IS 'When the last of them began';
COMMENT ON COLUMN attempt_days.newest IS 'Ids of the newest attempt and of its export; as text, because Postgres has no max() of uuid';

CREATE TABLE export_days (
    organisation_id uuid NOT NULL,
    span text NOT NULL,
    day date NOT NULL,
    webhook_id uuid NOT NULL,
    end_state text NOT NULL,
    outcome text NOT NULL,
    exports integer NOT NULL,
    candidates bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    newest text COLLATE "C" NOT NULL,
    CONSTRAINT export_days_pkey PRIMARY KEY (organisation_id, span, day, webhook_id, end_state, outcome),
    CONSTRAINT export_days_span_known CHECK (span IN ('day', 'month')),
    CONSTRAINT export_days_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX export_days_span_idx ON export_days (span, day);
COMMENT ON TABLE export_days IS 'Ended exports counted by day and by month: those whose end was written before days_counted.until, and whose day is not in days_to_recount';
COMMENT ON COLUMN export_days.span IS 'day, or month: the same again by month';
COMMENT ON COLUMN export_days.day IS 'UTC day on which the exports were asked for; of a month the first';
COMMENT ON COLUMN export_days.end_state IS 'As in exports';
COMMENT ON COLUMN export_days.outcome IS 'As in exports; empty where there is none';
COMMENT ON COLUMN export_days.candidates IS 'People in them, each as often as they are in one';
COMMENT ON COLUMN export_days.first_at IS 'When the first of them was asked for';
COMMENT ON COLUMN export_days.last_at IS 'When the last of them was asked for';
COMMENT ON COLUMN export_days.newest IS 'Id of the newest export, as text';

CREATE TABLE days_counted (
    what text NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT days_counted_pkey PRIMARY KEY (what),
    CONSTRAINT days_counted_what_known CHECK (what IN ('attempts', 'exports'))
);
COMMENT ON TABLE days_counted IS 'How far attempt_days and export_days have come. Whoever counts on locks the row';
COMMENT ON COLUMN days_counted.what IS 'attempts or exports';
COMMENT ON COLUMN days_counted.until IS 'Counted is what is older: the id of an attempt, the written_at of an end';

CREATE TABLE days_to_recount (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    what text NOT NULL,
    webhook_id uuid NOT NULL,
    day date NOT NULL,
    CONSTRAINT days_to_recount_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT days_to_recount_what_known CHECK (what IN ('attempts', 'exports'))
);
COMMENT ON TABLE days_to_recount IS 'Days of a webhook that may be counted wrongly: an attempt was logged long after it began, an ended export was opened again or deleted. Until the sweep was there, whoever asks counts them. One row for each such change, however many there are of a day: a row that is taken away stands for no later one';
COMMENT ON COLUMN days_to_recount.what IS 'attempts or exports';

-- Long after it began: by a worker that found what another one had lost. The sweep stays five minutes behind,
-- so that a transaction that began within these two has three to come to its end.
CREATE FUNCTION note_late_attempt() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO days_to_recount (what, organisation_id, webhook_id, day)
    VALUES ('attempts', NEW.organisation_id, NEW.webhook_id, (NEW.started_at AT TIME ZONE 'UTC')::date);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION note_late_attempt() IS 'Keeps days_to_recount in step with attempts that are logged long after they began';
CREATE TRIGGER attempts_note_late AFTER INSERT ON attempts
    FOR EACH ROW WHEN (NEW.started_at < now() - interval '2 minutes') EXECUTE FUNCTION note_late_attempt();

-- As before, and the day is counted again.
CREATE OR REPLACE FUNCTION drop_export_end() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM export_ends
     WHERE organisation_id = OLD.organisation_id AND end_state = OLD.end_state AND export_id = OLD.id;
    INSERT INTO days_to_recount (what, organisation_id, webhook_id, day)
    VALUES ('exports', OLD.organisation_id, OLD.webhook_id, (OLD.requested_at AT TIME ZONE 'UTC')::date);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION drop_export_end() IS 'Keeps export_ends and days_to_recount in step with exports that are sent again, end otherwise or are forgotten';

-- What is there already is counted by the sweep, a day at a time; until then whoever asks counts it.
INSERT INTO days_counted (what, until)
SELECT what, CASE WHEN is_there THEN coalesce(month, now()) ELSE now() END - interval '5 minutes'
  FROM (VALUES ('attempts', EXISTS (SELECT FROM attempts)),
               ('exports', EXISTS (SELECT FROM export_ends WHERE written_at IS NOT NULL))) counted (what, is_there),
       (SELECT min(to_date(right(relname, 7), 'YYYY_MM'))::timestamp AT TIME ZONE 'UTC' AS month
          FROM pg_class WHERE relname ~ '^attempts_[0-9]{4}_[0-9]{2}$' AND relkind = 'r') oldest;
INSERT INTO days_to_recount (what, organisation_id, webhook_id, day)
SELECT DISTINCT 'exports', e.organisation_id, e.webhook_id, (e.requested_at AT TIME ZONE 'UTC')::date
  FROM export_ends x JOIN exports e ON e.organisation_id = x.organisation_id AND e.id = x.export_id
 WHERE x.written_at IS NULL;
