CREATE INDEX webhook_secrets_signs_until_idx ON webhook_secrets (signs_until) WHERE signs_until IS NOT NULL;
COMMENT ON TABLE webhook_secrets IS 'Signing secrets of a webhook: one current, and up to five earlier ones while each of them signs along';
COMMENT ON COLUMN webhook_secrets.signs_until IS 'Null for the current secret; an earlier one signs along until then, 24 h after it was replaced, and is destroyed soon after';
