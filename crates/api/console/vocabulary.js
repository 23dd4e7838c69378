// Words of closed sets that one chooses from, as openapi.json has them; a test compares them.

const words = (text) => text.trim().split(/\s+/);

/** What may come of an attempt. */
export const OUTCOMES = words(`
  delivered http_4xx http_5xx throttled gone payload_too_large redirect_refused unexpected_upgrade dns_not_found
  dns_failure dns_timeout blocked_address invalid_url connect_refused connect_unreachable connect_timeout tls_cert_expired
  tls_cert_not_yet_valid tls_name_mismatch tls_untrusted tls_handshake tls_timeout tls_client_cert_required
  connection_reset connection_closed request_send_timeout response_timeout response_headers_too_large protocol_error
  worker_lost aborted internal_error webhook_disabled expired
`);

/** What may come of it but that it was accepted. */
export const FAILURES = OUTCOMES.filter((outcome) => outcome !== "delivered");

/** What the audit tells of. */
export const ACTIONS = words(`
  organisation.added organisation.removed webhook.created webhook.replaced webhook.exports_resent webhook.deleted
  webhook.tested webhook.secret_rotated webhook.enabled webhook.reviewed webhook.failing webhook.disabled
  webhook.recovered export.previewed export.requested export.cancelled export.resent export.derived
  export.not_carried_over export.flagged export.failed export.payload_read export.payload_forgotten export.people_read
  attempt.responses_read api_key.created api_key.revoked member.preferences_changed member.notifications_seen
  candidates.searched candidate.exports_read candidate.erased import.completed access.refused support.looked
  list.downloaded
`);

/** What it was done to. */
export const OBJECT_TYPES = words(`
  organisation webhook vacancy candidate application export api_key attempt audit_event member operation
`);
