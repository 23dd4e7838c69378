//! What the database keeps of a webhook's URL and secret: sealed, and bound to the id that it gets.

use domain::id::{OrganisationId, WebhookId};
use domain::sealing::{Context, Field, SealingKeys};
use domain::signature::SigningSecret;
use domain::webhook_url::WebhookUrl;
use store::{Conn, StoreError};

/// URL and secret of a webhook that is about to be registered.
pub(super) struct Sealed {
    pub(super) id: WebhookId,
    pub(super) host: String,
    pub(super) url: Vec<u8>,
    pub(super) url_hmacs: Vec<[u8; 32]>,
    pub(super) url_marks: Vec<[u8; 32]>,
    pub(super) secret: Vec<u8>,
}

impl Sealed {
    /// Seals them, under a new id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn new(
        conn: &mut Conn,
        keys: &SealingKeys,
        organisation: OrganisationId,
        (url, secret): (&WebhookUrl, &SigningSecret),
    ) -> Result<Self, StoreError> {
        let id = store::webhooks::new_id(conn)?;
        let seal = |field, value: &str| {
            keys.seal(Context { organisation, webhook: id, field }, rand::random(), value)
        };
        Ok(Self {
            id,
            host: url.host().to_owned(),
            url: seal(Field::Url, url.as_str()),
            url_hmacs: keys.url_hmacs(organisation, url.as_str()),
            url_marks: keys.url_marks(url.as_str()),
            secret: seal(Field::Secret, &secret.reveal()),
        })
    }
}
