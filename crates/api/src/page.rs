//! Lists on the wire: `limit`, opaque cursors, `items` and `next_cursor`. A cursor carries a
//! position and a fingerprint of the list that it continues.

pub(crate) mod filter;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::authorized::Caller;
use crate::problem::{Kind, Problem};

/// Items of a page when `limit` is not given.
pub const DEFAULT_LIMIT: usize = 50;
/// Most items of a page.
pub const LARGEST_LIMIT: usize = 200;
/// Bytes of the fingerprint in a cursor.
const FINGERPRINT_BYTES: usize = 8;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// The list that a page belongs to: its name, its filters, and who looks at it.
pub struct Listing {
    fingerprint: [u8; FINGERPRINT_BYTES],
}

#[derive(Serialize, Deserialize)]
struct Cursor<K>(K, [u8; FINGERPRINT_BYTES]);

/// What is no cursor of this list.
pub(crate) fn mismatch() -> Problem {
    const AGAIN: &str = "This cursor does not continue this list: start again without it.";
    Problem::new(Kind::CursorMismatch, AGAIN)
}

impl Listing {
    /// A list of that name with that filter; what pages it (`limit`, `cursor`) is left out.
    ///
    /// # Errors
    /// 500 when the filter cannot be written as JSON, which would be our mistake.
    pub fn new(name: &str, caller: &Caller, filter: &impl Serialize) -> Result<Self, Problem> {
        let actor = &caller.actor;
        let mut filter = serde_json::to_value(filter).map_err(Problem::internal)?;
        if let Some(members) = filter.as_object_mut() {
            members.remove("limit");
            members.remove("cursor");
        }
        let list = (name, filter, actor.organisation(), caller.role, actor.own());
        let digest = Sha256::digest(serde_json::to_vec(&list).map_err(Problem::internal)?);
        let mut fingerprint = [0; FINGERPRINT_BYTES];
        fingerprint.copy_from_slice(&digest[..FINGERPRINT_BYTES]);
        Ok(Self { fingerprint })
    }

    /// Where a cursor of this list continues.
    ///
    /// # Errors
    /// 422 when the cursor is not ours, or of another list.
    pub fn position<K: DeserializeOwned>(
        &self,
        cursor: Option<&str>,
    ) -> Result<Option<K>, Problem> {
        let Some(cursor) = cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let read = bytes.and_then(|bytes| serde_json::from_slice::<Cursor<K>>(&bytes).ok());
        match read {
            Some(Cursor(position, fingerprint)) if fingerprint == self.fingerprint => {
                Ok(Some(position))
            }
            _ => Err(mismatch()),
        }
    }

    /// The page as it is answered.
    pub fn page<T, R, K: Serialize>(
        &self,
        page: store::Page<R, K>,
        convert: impl FnMut(R) -> T,
    ) -> List<T> {
        let next_cursor = page.next.map(|key| self.cursor(&key));
        List { items: page.items.into_iter().map(convert).collect(), next_cursor }
    }

    /// The page as it is answered, where an item may fail to be shown.
    ///
    /// # Errors
    /// Those of `convert`.
    pub fn try_page<T, R, K: Serialize>(
        &self,
        page: store::Page<R, K>,
        convert: impl FnMut(R) -> Result<T, Problem>,
    ) -> Result<List<T>, Problem> {
        let next_cursor = page.next.map(|key| self.cursor(&key));
        let items = page.items.into_iter().map(convert).collect::<Result<_, _>>()?;
        Ok(List { items, next_cursor })
    }

    fn cursor<K: Serialize>(&self, key: &K) -> String {
        let cursor = serde_json::to_vec(&Cursor(key, self.fingerprint));
        URL_SAFE_NO_PAD.encode(cursor.expect("ids, times and numbers are JSON"))
    }
}
