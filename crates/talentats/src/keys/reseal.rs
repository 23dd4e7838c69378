//! `talentats reseal`: seals again, under the first of `SECRET_KEYS`, what another key has sealed. It may be
//! broken off, run twice at once and repeated; whatever is changed meanwhile stays as it was changed.

use std::collections::BTreeMap;

use anyhow::bail;
use domain::sealing::{Context, Resealed, SealingKeys, key_of};
use store::maintenance::{SEALED, replace_sealed, sealed_values};
use store::{Conn, StoreError};

use crate::cli::KeysArguments;
use crate::{answer, database};

/// Values that are read at once.
const BATCH: u32 = 200;

/// What stands under one key.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Under {
    /// Values that open.
    pub(crate) opens: u64,
    /// Values that do not: the key is not among ours, is another one, or they were spoilt.
    pub(crate) shut: u64,
}

/// What is sealed, by the id of the key; what names no key by an empty one.
pub(crate) type Counts = BTreeMap<String, Under>;

/// Seals again, and tells what it did and what is left.
///
/// # Errors
/// When something is left under another key, or Postgres is not there.
pub(crate) async fn run(arguments: KeysArguments) -> anyhow::Result<()> {
    let keys = super::parse(&arguments.secret_keys)?;
    let first = keys.ids().next().unwrap_or_default().to_owned();
    let url = arguments.database.database_url;
    let (done, left) = database::with(&url, move |conn| {
        let done = reseal(conn, &keys)?;
        // Once more, for what others sealed meanwhile.
        Ok((done, count(conn, &keys)?))
    })
    .await?;
    answer::line(&format!("{done} sealed values are under the key {first} from now on"))?;
    let all: u64 = left.values().map(|under| under.opens + under.shut).sum();
    let under_first = left.get(&first).map_or(0, |under| under.opens);
    if under_first == all {
        return answer::line(&format!(
            "all {all} are under {first}: once each API and worker has it first in SECRET_KEYS, no other key is needed any more"
        ));
    }
    for (key, Under { opens, shut }) in left.iter().filter(|(key, _)| **key != first) {
        answer::line(&format!("left under {}: {opens} that open, {shut} that do not", named(key)))?;
    }
    bail!(
        "{} of {all} sealed values are not under {first}: `talentats doctor` says what to do",
        all - under_first
    )
}

/// A key as people read it.
pub(crate) fn named(key: &str) -> String {
    if key.is_empty() { "no key that can be read".to_owned() } else { format!("the key {key}") }
}

/// Seals all again that other keys sealed, and answers how many that were.
fn reseal(conn: &mut Conn, keys: &SealingKeys) -> Result<u64, StoreError> {
    let mut done = 0;
    each(conn, |conn, value| {
        let again = |context: Context| keys.reseal(context, rand::random(), &value.value);
        let again: Option<Resealed> = again(value.context).ok().flatten();
        if let Some(again) = again
            && replace_sealed(conn, value, &again)?
        {
            done += 1;
        }
        Ok(())
    })?;
    Ok(done)
}

/// Counts what is sealed, and whether it opens.
pub(crate) fn count(conn: &mut Conn, keys: &SealingKeys) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    each(conn, |_, value| {
        let under = counts.entry(key_of(&value.value).unwrap_or_default().to_owned()).or_default();
        match keys.open(value.context, &value.value) {
            Ok(_) => under.opens += 1,
            Err(_) => under.shut += 1,
        }
        Ok(())
    })?;
    Ok(counts)
}

/// Looks at every sealed value, a batch at a time.
fn each(
    conn: &mut Conn,
    mut look: impl FnMut(&mut Conn, &store::maintenance::SealedValue) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for (column, _, _) in SEALED {
        let mut after = None;
        loop {
            let mut batch = sealed_values(conn, column, after.as_ref(), BATCH)?;
            batch.iter().try_for_each(|value| look(conn, value))?;
            match batch.pop() {
                Some(last) => after = Some(last),
                None => break,
            }
        }
    }
    Ok(())
}
