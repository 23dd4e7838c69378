//! Whether `SECRET_KEYS` open what live webhooks have sealed. A process that has other keys would
//! take exports from those that could send them, or answer with errors: it does not start.

use domain::sealing::SealingKeys;
use secrecy::{ExposeSecret, SecretString};
use store::{Db, DbConfig, StoreError};

/// Checks the keys against the database.
///
/// # Errors
/// One sentence that names the key that is missing or wrong, by its id.
pub(crate) async fn check(url: &SecretString, secret_keys: &SecretString) -> anyhow::Result<()> {
    let keys = SealingKeys::parse(secret_keys.expose_secret())
        .map_err(|error| anyhow::anyhow!("SECRET_KEYS: {error}"))?;
    let db = Db::new(&DbConfig::new(url.expose_secret(), 1))?;
    match db.run(store::maintenance::sealed_samples).await {
        Ok(sealed) => {
            Ok(keys.check(sealed.iter().map(|(context, value)| (*context, value.as_slice())))?)
        }
        // There are no tables yet, perhaps, and so nothing to open.
        Err(error @ StoreError::Database(_)) => {
            tracing::warn!(%error, "SECRET_KEYS could not be checked against the database");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
