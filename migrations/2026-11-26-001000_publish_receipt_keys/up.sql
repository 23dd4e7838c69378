-- A receipt must be verifiable for as long as somebody keeps it: also after SECRET_KEYS, which the signing
-- key is derived from, were rotated.
CREATE TABLE receipt_keys (
    id text NOT NULL,
    public_key bytea NOT NULL,
    first_used_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT receipt_keys_pkey PRIMARY KEY (id),
    CONSTRAINT receipt_keys_is_ed25519 CHECK (octet_length(public_key) = 32)
);
COMMENT ON TABLE receipt_keys IS 'Public keys that receipts were ever signed with, for everybody to read; written before the first receipt of a key, never changed';
COMMENT ON COLUMN receipt_keys.id IS 'kid: its thumbprint (RFC 7638, SHA-256, base64url)';
COMMENT ON COLUMN receipt_keys.public_key IS 'Ed25519 (RFC 8032)';
