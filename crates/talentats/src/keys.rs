//! Whether `SECRET_KEYS` open what live webhooks have sealed. A process that has other keys would
//! take exports from those that could send them, or answer with errors: it does not start.

pub(crate) mod reseal;

use domain::sealing::{KeyFault, SealingKeys};
use secrecy::{ExposeSecret, SecretString};
use store::{Conn, StoreError};

/// The keys of a process.
///
/// # Errors
/// One sentence: they cannot be read.
pub(crate) fn parse(secret_keys: &SecretString) -> anyhow::Result<SealingKeys> {
    SealingKeys::parse(secret_keys.expose_secret())
        .map_err(|error| anyhow::anyhow!("SECRET_KEYS: {error}"))
}

/// Checks the keys against the database; inside, the sentence that names the key that is missing or
/// wrong, by its id.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn check(
    keys: &SealingKeys,
    conn: &mut Conn,
) -> Result<Result<(), KeyFault>, StoreError> {
    let sealed = store::maintenance::sealed_samples(conn)?;
    Ok(keys.check(sealed.iter().map(|(context, value)| (*context, value.as_slice()))))
}
