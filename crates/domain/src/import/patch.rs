//! What a line of an import says about one value: nothing, that it is cleared, or a new one.

use serde::{Deserialize, Deserializer};

/// A value that may be absent (unchanged), null (cleared) or given. Needs `#[serde(default)]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Not mentioned: what is stored stays.
    #[default]
    Absent,
    /// `null`: what is stored is cleared.
    Null,
    /// What is stored becomes this.
    Value(T),
}

impl<T> Patch<T> {
    /// The new value, if one is given.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The new value, if one is given, to be put into another form.
    pub(super) fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The new value, if one is given.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// What is stored afterwards.
    pub fn apply(self, stored: Option<T>) -> Option<T> {
        match self {
            Self::Absent => stored,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}
