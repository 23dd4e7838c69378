-- A sweep judges each export once after it was accepted: accepting writes nothing for it.
CREATE TABLE export_flags (
    organisation_id uuid NOT NULL,
    export_id uuid NOT NULL,
    flags jsonb NOT NULL,
    flagged_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT export_flags_pkey PRIMARY KEY (organisation_id, export_id),
    CONSTRAINT export_flags_export_id_fkey FOREIGN KEY (organisation_id, export_id) REFERENCES exports (organisation_id, id) ON DELETE CASCADE,
    CONSTRAINT export_flags_some CHECK (jsonb_array_length(flags) > 0)
);
COMMENT ON TABLE export_flags IS 'Exports that are unusual. A flag stops nothing';
COMMENT ON COLUMN export_flags.flags IS 'Why, each reason once: [{reason, figures}] as domain::flag writes it; numbers alone, the sentence is made when it is read';

CREATE TABLE flag_rounds (
    since uuid NOT NULL,
    until uuid NOT NULL,
    judged uuid[] NOT NULL,
    looks integer NOT NULL DEFAULT 0,
    look_again_at timestamptz NOT NULL DEFAULT now() + interval '1 minute',
    CONSTRAINT flag_rounds_pkey PRIMARY KEY (until),
    CONSTRAINT flag_rounds_forward CHECK (since <= until)
);
CREATE INDEX flag_rounds_look_again_at_idx ON flag_rounds (look_again_at);
COMMENT ON TABLE flag_rounds IS 'How far exports are judged, over all organisations: ranges of ids, each from where the one before ends. An id is older than its commit, so each range is looked at again for what came late, twice; then the row goes, but for the last one';
COMMENT ON COLUMN flag_rounds.since IS 'Exports with a larger id than this';
COMMENT ON COLUMN flag_rounds.until IS 'and none larger than this';
COMMENT ON COLUMN flag_rounds.judged IS 'Those that were there and are judged';
COMMENT ON COLUMN flag_rounds.looks IS 'How often the range was looked at again';
COMMENT ON COLUMN flag_rounds.look_again_at IS 'When it is looked at again; infinity after the last time';

CREATE TABLE member_days (
    organisation_id uuid NOT NULL,
    requested_by_id text NOT NULL,
    day date NOT NULL,
    people bigint NOT NULL,
    CONSTRAINT member_days_pkey PRIMARY KEY (organisation_id, requested_by_id, day),
    CONSTRAINT member_days_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
CREATE INDEX member_days_day_idx ON member_days (day);
COMMENT ON TABLE member_days IS 'How many people somebody exported on a UTC day, by the exports that are judged: what is usual for them. Kept for 100 days';
COMMENT ON COLUMN member_days.requested_by_id IS 'As in exports';

CREATE TABLE export_hours (
    organisation_id uuid NOT NULL,
    week date NOT NULL,
    hour smallint NOT NULL,
    exports bigint NOT NULL,
    CONSTRAINT export_hours_pkey PRIMARY KEY (organisation_id, week, hour),
    CONSTRAINT export_hours_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT export_hours_of_a_day CHECK (hour BETWEEN 0 AND 47)
);
CREATE INDEX export_hours_week_idx ON export_hours (week);
COMMENT ON TABLE export_hours IS 'How many exports an organisation asked for in an hour of the day (UTC), by week and by the exports that are judged: what its usual hours are. Kept for 100 days';
COMMENT ON COLUMN export_hours.week IS 'Its Monday';
COMMENT ON COLUMN export_hours.hour IS '0 to 23 of Monday to Friday, 24 to 47 of Saturday and Sunday';

CREATE TABLE url_marks (
    organisation_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    mark bytea NOT NULL,
    CONSTRAINT url_marks_pkey PRIMARY KEY (organisation_id, webhook_id, mark),
    CONSTRAINT url_marks_webhook_id_fkey FOREIGN KEY (organisation_id, webhook_id) REFERENCES webhooks (organisation_id, id),
    CONSTRAINT url_marks_mark_whole CHECK (length(mark) = 32)
);
CREATE INDEX url_marks_mark_idx ON url_marks (mark);
COMMENT ON TABLE url_marks IS 'By what equal URLs of several organisations are found without opening any. Nothing of one organisation is shown to another: an export is told that somebody else has the URL, too. Destroyed with the sealed URL';
COMMENT ON COLUMN url_marks.mark IS 'HMAC-SHA-256 of the normalised URL, a row for each key that was in SECRET_KEYS when it was registered, and for the first one of talentats reseal; that of a key that has left SECRET_KEYS stays until the URL is destroyed';
