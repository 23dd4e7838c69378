-- Members come from tokens. Who the admins of an organisation are is known from their calls alone.
CREATE TABLE members (
    organisation_id uuid NOT NULL,
    id text NOT NULL,
    name text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    role text NOT NULL,
    preferences jsonb NOT NULL DEFAULT '{}',
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    mail_due_at timestamptz,
    mailed_at timestamptz,
    CONSTRAINT members_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT members_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT members_role_known CHECK (role IN ('org_admin', 'recruiter'))
);
CREATE INDEX members_last_seen ON members (last_seen_at);
CREATE INDEX members_mail_due ON members (mail_due_at) WHERE mail_due_at IS NOT NULL;
COMMENT ON TABLE members IS 'People of organisations as their tokens last named them, noted at most once an hour; forgotten 400 days after they were last seen';
COMMENT ON COLUMN members.id IS 'Subject of their tokens';
COMMENT ON COLUMN members.email IS 'Where mail goes; empty where the token shares none';
COMMENT ON COLUMN members.preferences IS 'How they want to be told, by kind of notification: off, in_app, email; what is missing is as domain''s defaults say';
COMMENT ON COLUMN members.last_seen_at IS 'To about an hour';
COMMENT ON COLUMN members.mail_due_at IS 'When what waits to be mailed becomes a mail; null: nothing waits';
COMMENT ON COLUMN members.mailed_at IS 'When the last mail was made of what waited';
