//! Limits of a line that hold wherever in it: depth, lengths, characters, keys given twice. The
//! text is looked at, not a tree of it: a tree would keep the last of two equal keys.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use unicode_normalization::{IsNormalized, is_nfc_quick};

use super::LineError;
use super::unreadable::not_json;

/// Levels of objects and lists.
const DEPTH: usize = 8;
/// Items of a list, and members of an object.
const ITEMS: usize = 200;
/// Characters of any text.
const TEXT: usize = 20_000;
const NO_OBJECT: &str = "expected one JSON object per line";
/// Characters of a key that are repeated in a pointer.
const KEY: usize = 64;

/// What is known of a line before it is read.
#[derive(Default)]
pub(super) struct Shape {
    /// Its `kind`.
    pub(super) kind: Option<String>,
    /// Whether a text is in another form than NFC, perhaps.
    pub(super) decomposed: bool,
}

pub(super) fn check(line: &[u8]) -> Result<Shape, LineError> {
    let mut state = State::default();
    let mut reader = serde_json::Deserializer::from_slice(line);
    let walked = Walk { state: &mut state, depth: DEPTH }.deserialize(&mut reader);
    match walked.and_then(|()| reader.end()) {
        Ok(()) if state.object => Ok(state.shape),
        Ok(()) => Err(LineError::new("", NO_OBJECT)),
        Err(error) => Err(state.wrong.unwrap_or_else(|| not_json(&error, state.pointer))),
    }
}

#[derive(Default)]
struct State {
    shape: Shape,
    /// Whether the line is one.
    object: bool,
    /// Where the walk is, and where it ended if something was wrong.
    pointer: String,
    wrong: Option<LineError>,
}

impl State {
    fn refuse<E: Error>(&mut self, detail: &str) -> E {
        self.wrong = Some(LineError::new(self.pointer.as_str(), detail));
        // Read by nobody: `wrong` is.
        E::custom("refused")
    }
}

/// One value of the line, with all that is in it.
struct Walk<'a> {
    state: &'a mut State,
    /// Levels that are left.
    depth: usize,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text.contains('\0') {
            return Err(self.state.refuse("contains a NUL character (\\u0000): remove it"));
        }
        if text.len() > TEXT && text.chars().count() > TEXT {
            return Err(self.state.refuse("may have 20,000 characters at most"));
        }
        let shape = &mut self.state.shape;
        if !text.is_ascii() && is_nfc_quick(text.chars()) != IsNormalized::Yes {
            shape.decomposed = true;
        }
        if self.state.pointer == "/kind" {
            shape.kind = Some(text.to_owned());
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { state, depth } = self;
        if state.pointer.is_empty() {
            return Err(state.refuse(NO_OBJECT));
        }
        if depth == 0 {
            return Err(state.refuse("nested too deeply"));
        }
        let length = state.pointer.len();
        for index in 0.. {
            state.pointer.push_str(&format!("/{index}"));
            if items.next_element_seed(Walk { state, depth: depth - 1 })?.is_none() {
                break;
            }
            state.pointer.truncate(length);
            if index == ITEMS {
                return Err(state.refuse("may have 200 items at most"));
            }
        }
        state.pointer.truncate(length);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { state, depth } = self;
        if depth == 0 {
            return Err(state.refuse("nested too deeply"));
        }
        state.object = true;
        let length = state.pointer.len();
        let mut keys: Vec<Cow<'de, str>> = Vec::new();
        while let Some(Key(key)) = members.next_key()? {
            if keys.len() == ITEMS {
                return Err(state.refuse("has too many fields"));
            }
            state.pointer.push_str(&token(&key));
            if keys.contains(&key) {
                return Err(state.refuse("given twice"));
            }
            members.next_value_seed(Walk { state, depth: depth - 1 })?;
            state.pointer.truncate(length);
            keys.push(key);
        }
        Ok(())
    }
}

/// A key as a reference token of a JSON pointer. Keys of ours are short; what else stands
/// there may be anything, so it is cut, and dropped where it is not printable.
pub(super) fn token(key: &str) -> String {
    let key: String = key.chars().filter(|char| !char.is_control()).take(KEY).collect();
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}
