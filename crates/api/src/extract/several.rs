//! Parameters that take several words, separated by commas: in whatever case, each of them once.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "several::words")]`.
pub(crate) fn words<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + PartialEq,
{
    let text = String::deserialize(deserializer)?;
    let mut words: Vec<T> = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let word = word.to_ascii_lowercase();
        let word = T::deserialize(StrDeserializer::<D::Error>::new(&word))?;
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() {
        return Err(D::Error::custom("nothing, expected one word, or several separated by commas"));
    }
    Ok(words)
}
