-- What somebody is to be told of, written by the statement that tells the audit, so that it is neither
-- lost nor told twice; a sweep of the workers makes notifications of it.
CREATE TABLE news (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    action text NOT NULL,
    object_id uuid NOT NULL,
    details jsonb NOT NULL,
    CONSTRAINT news_pkey PRIMARY KEY (organisation_id, id)
);
ALTER TABLE news SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
COMMENT ON TABLE news IS 'Events of the audit that members are to be told of and have not been yet';
COMMENT ON COLUMN news.id IS 'That of the event';
COMMENT ON COLUMN news.details IS 'Those of the event: ids, counts and words of closed sets';

CREATE TABLE notifications (
    organisation_id uuid NOT NULL,
    member_id text NOT NULL,
    id uuid NOT NULL DEFAULT uuid_v7(),
    kind text NOT NULL,
    at timestamptz NOT NULL,
    export_id uuid,
    webhook_id uuid NOT NULL,
    facts jsonb NOT NULL DEFAULT '{}',
    seen_at timestamptz,
    unresolved boolean NOT NULL DEFAULT false,
    to_mail boolean NOT NULL DEFAULT false,
    mail_id uuid,
    CONSTRAINT notifications_pkey PRIMARY KEY (organisation_id, member_id, id),
    CONSTRAINT notifications_member_fkey FOREIGN KEY (organisation_id, member_id)
        REFERENCES members (organisation_id, id) ON DELETE CASCADE
);
CREATE INDEX notifications_id ON notifications (id);
CREATE INDEX notifications_unseen ON notifications (organisation_id, member_id, id)
    WHERE seen_at IS NULL;
CREATE INDEX notifications_unresolved ON notifications (organisation_id, export_id)
    WHERE unresolved;
CREATE INDEX notifications_to_mail ON notifications (organisation_id, member_id, id) WHERE to_mail;
CREATE INDEX notifications_mail ON notifications (mail_id, id) WHERE mail_id IS NOT NULL;
COMMENT ON TABLE notifications IS 'What members were told, each for one member; kept for 90 days. No content, no prose: sentences are made when it is read';
COMMENT ON COLUMN notifications.at IS 'When it happened';
COMMENT ON COLUMN notifications.export_id IS 'The export that it is about; null where it is about a webhook';
COMMENT ON COLUMN notifications.webhook_id IS 'The webhook that it is about, or that of the export';
COMMENT ON COLUMN notifications.facts IS 'What the audit was told: counts and words of closed sets';
COMMENT ON COLUMN notifications.seen_at IS 'When the member marked it as seen';
COMMENT ON COLUMN notifications.unresolved IS 'A failure after which it has not been told that the export was delivered all the same';
COMMENT ON COLUMN notifications.to_mail IS 'It waits to be part of a mail';
COMMENT ON COLUMN notifications.mail_id IS 'The mail that it is part of';
