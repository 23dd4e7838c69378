-- One mail is one digest for one person. It is claimed for a while and sent without a transaction.
CREATE TABLE mails (
    organisation_id uuid NOT NULL,
    member_id text NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    made_at timestamptz NOT NULL DEFAULT now(),
    run_at timestamptz NOT NULL DEFAULT now(),
    tries integer NOT NULL DEFAULT 0,
    sent_at timestamptz,
    given_up_at timestamptz,
    CONSTRAINT mails_pkey PRIMARY KEY (organisation_id, member_id, id),
    CONSTRAINT mails_member_fkey FOREIGN KEY (organisation_id, member_id)
        REFERENCES members (organisation_id, id) ON DELETE CASCADE,
    CONSTRAINT mails_end_once CHECK (sent_at IS NULL OR given_up_at IS NULL)
);
CREATE INDEX mails_waiting ON mails (run_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX mails_id ON mails (id);
COMMENT ON TABLE mails IS 'Mails to members, each of the notifications that waited when it was made; kept as long as those';
COMMENT ON COLUMN mails.id IS 'In its Message-ID, which is the same on each try';
COMMENT ON COLUMN mails.run_at IS 'When it is tried next; while somebody tries it, when their time is over';
COMMENT ON COLUMN mails.tries IS 'Tries that began';
COMMENT ON COLUMN mails.sent_at IS 'When the SMTP server had taken it';
COMMENT ON COLUMN mails.given_up_at IS 'When it was given up: refused for good, or not taken within a day';
