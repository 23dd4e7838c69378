//! References of people who were erased: remembered under a key of the organisation, which is sealed, so
//! that nobody reads them off the database and an import knows them again.

use std::collections::HashSet;

use diesel::prelude::*;
use domain::id::OrganisationId;
use domain::sealing::{ReferenceKey, SealingKeys};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::schema::{erased_references, reference_keys};

/// The sealed key of an organisation; none where nobody was erased yet.
pub(crate) fn sealed_key(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> QueryResult<Option<Vec<u8>>> {
    reference_keys::table
        .find(Uuid::from(organisation))
        .select(reference_keys::key_sealed)
        .first(conn)
        .optional()
}

/// Opens it.
///
/// # Errors
/// [`StoreError::Unreadable`] where none of these keys opens it.
pub(crate) fn open(
    keys: &SealingKeys,
    organisation: OrganisationId,
    sealed: &[u8],
) -> Result<ReferenceKey, StoreError> {
    ReferenceKey::open(keys, organisation, sealed)
        .map_err(|error| StoreError::Unreadable(format!("the key of erased references: {error}")))
}

/// Remembers a reference. `fresh` becomes the key of an organisation that has none.
pub(super) fn remember(
    conn: &mut Conn,
    keys: &SealingKeys,
    fresh: &[u8],
    organisation: OrganisationId,
    reference: &str,
) -> Result<(), StoreError> {
    // Waits for who makes one at this moment, whose key holds.
    diesel::insert_into(reference_keys::table)
        .values((
            reference_keys::organisation_id.eq(Uuid::from(organisation)),
            reference_keys::key_sealed.eq(fresh),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    let sealed = sealed_key(conn, organisation)?.unwrap_or_default();
    let hmac = open(keys, organisation, &sealed)?.hmac(reference);
    diesel::insert_into(erased_references::table)
        .values((
            erased_references::organisation_id.eq(Uuid::from(organisation)),
            erased_references::reference_hmac.eq(&hmac[..]),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Which of these references are of people who were erased.
pub(crate) fn erased<'a>(
    conn: &mut Conn,
    key: &ReferenceKey,
    organisation: OrganisationId,
    references: impl Iterator<Item = &'a str>,
) -> QueryResult<HashSet<String>> {
    let hmacs: Vec<(Vec<u8>, &str)> =
        references.map(|reference| (key.hmac(reference).to_vec(), reference)).collect();
    let asked: Vec<&[u8]> = hmacs.iter().map(|(hmac, _)| hmac.as_slice()).collect();
    let found: HashSet<Vec<u8>> = erased_references::table
        .filter(erased_references::organisation_id.eq(Uuid::from(organisation)))
        .filter(erased_references::reference_hmac.eq_any(asked))
        .select(erased_references::reference_hmac)
        .load(conn)?
        .into_iter()
        .collect();
    let known = hmacs.into_iter().filter(|(hmac, _)| found.contains(hmac));
    Ok(known.map(|(_, reference)| reference.to_owned()).collect())
}
