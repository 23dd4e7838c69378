-- Who asked for exports, by e-mail address: support looks for them across all organisations. A sweep of the
-- workers fills it with the exports that it judges; accepting writes nothing for it.
CREATE FUNCTION plain_email_key(address text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN address COLLATE "C" ~ '^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$' THEN lower(address COLLATE "C") END;
COMMENT ON FUNCTION plain_email_key(text) IS 'What domain''s email::key makes of an address of plain letters; null of any other, which has to be compared there';

CREATE TABLE requesters (
    organisation_id uuid NOT NULL,
    id text NOT NULL,
    email text NOT NULL,
    email_key text GENERATED ALWAYS AS (plain_email_key(email)) STORED,
    asked_on date NOT NULL,
    CONSTRAINT requesters_pkey PRIMARY KEY (organisation_id, id, email),
    CONSTRAINT requesters_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
CREATE INDEX requesters_email_key_idx ON requesters (email_key);
CREATE INDEX requesters_id_idx ON requesters (id);
CREATE INDEX requesters_asked_on_idx ON requesters (asked_on);
COMMENT ON TABLE requesters IS 'Who asked for exports, under each of their e-mail addresses: of the exports that flag_rounds says are judged. Forgotten with the last of these exports';
COMMENT ON COLUMN requesters.id IS 'requested_by_id of exports';
COMMENT ON COLUMN requesters.email_key IS 'By which it is found; null: it is read and compared';
COMMENT ON COLUMN requesters.asked_on IS 'UTC day on which they last asked under this address';

INSERT INTO requesters (organisation_id, id, email, asked_on)
SELECT organisation_id, requested_by_id, requested_by_email, max((requested_at AT TIME ZONE 'UTC')::date)
  FROM exports
 WHERE requested_by_email <> '' AND octet_length(requested_by_id) + octet_length(requested_by_email) <= 2000
 GROUP BY 1, 2, 3;
