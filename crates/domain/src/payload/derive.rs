//! A payload derived from frozen bytes: the same people less those who may not be sent any more, under
//! another export, and cut to what another webhook receives. What stays, stays to the last byte.

mod groups;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::id::{ApplicationId, ExportId};
use crate::import::required_instant;
use crate::include::Include;

/// The export that a derived payload belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// Its id.
    pub id: ExportId,
    /// When it was made.
    pub requested_at: DateTime<Utc>,
    /// The export that it was derived from.
    pub resent_from: ExportId,
    /// What the webhook receives that it goes to: groups that are not in it are emptied. None: the
    /// webhook of the other export, which receives what is there.
    pub include: Option<Include>,
}

/// Frozen bytes could not be derived from: they are no payload of ours.
#[derive(Debug, thiserror::Error)]
#[error("the frozen payload cannot be read")]
pub struct NotOurs(#[from] serde_json::Error);

/// Derives a payload. None when nobody is left. Candidates keep their order and are numbered anew.
///
/// # Errors
/// [`NotOurs`].
pub fn derive(
    body: &[u8],
    derived: &Derived,
    may_go: impl Fn(ApplicationId) -> bool,
) -> Result<Option<Vec<u8>>, NotOurs> {
    let mut payload: Members = serde_json::from_slice(body)?;
    let candidates: Vec<Members> = payload.get("candidates")?;
    let mut export: Members = payload.get("export")?;
    let left_out = derived.include.map(|include| groups::cut(&mut export, include)).transpose()?;
    let mut kept = Vec::with_capacity(candidates.len());
    for mut candidate in candidates {
        if may_go(candidate.get("application_id")?) {
            candidate.set("sequence", &(kept.len() + 1))?;
            candidate.set("export_id", &derived.id)?;
            left_out.iter().flatten().try_for_each(|group| candidate.empty(*group))?;
            kept.push(candidate);
        }
    }
    if kept.is_empty() {
        return Ok(None);
    }
    let requested_at = Instant(derived.requested_at);
    export.set("id", &derived.id)?;
    export.set("requested_at", &requested_at)?;
    export.set("candidate_count", &kept.len())?;
    export.set("resent_from", &derived.resent_from)?;
    payload.set("timestamp", &requested_at)?;
    payload.set("export", &export)?;
    payload.set("candidates", &kept)?;
    Ok(Some(serde_json::to_vec(&payload)?))
}

/// The same payload without those who are gone: what is left to read of what was sent. Whoever stays
/// keeps their number, and the count stays what it was: this never goes out. None when nobody is left.
///
/// # Errors
/// [`NotOurs`].
pub fn without(
    body: &[u8],
    is_gone: impl Fn(ApplicationId) -> bool,
) -> Result<Option<Vec<u8>>, NotOurs> {
    let mut payload: Members = serde_json::from_slice(body)?;
    let mut kept = Vec::new();
    for candidate in payload.get::<Vec<Members>>("candidates")? {
        if !is_gone(candidate.get("application_id")?) {
            kept.push(candidate);
        }
    }
    if kept.is_empty() {
        return Ok(None);
    }
    payload.set("candidates", &kept)?;
    Ok(Some(serde_json::to_vec(&payload)?))
}

#[derive(Serialize)]
struct Instant(#[serde(with = "required_instant")] DateTime<Utc>);

/// The members of a JSON object, in their order, each as it was written.
struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    fn get<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, serde_json::Error> {
        let member = self.0.iter().find(|(member, _)| member == name);
        let (_, value) = member.ok_or_else(|| serde_json::Error::custom("a member is missing"))?;
        serde_json::from_str(value.get())
    }

    fn set(&mut self, name: &str, value: &impl Serialize) -> Result<(), serde_json::Error> {
        let member = self.0.iter_mut().find(|(member, _)| member == name);
        let (_, old) = member.ok_or_else(|| serde_json::Error::custom("a member is missing"))?;
        *old = to_raw_value(value)?;
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(48));
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
