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
    of_text(&text)
}

/// The same in a body, where it may be a list, too.
pub(crate) fn listed<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + PartialEq,
{
    texts(deserializer)?.map_or(Ok(Vec::new()), |text| of_text(&text))
}

/// Texts in a body, as one with commas: a list, or that text.
pub(crate) fn texts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text, or a list of texts")]
    enum Texts {
        One(String),
        Several(Vec<String>),
    }
    let texts = Option::<Texts>::deserialize(deserializer)?;
    Ok(texts.map(|texts| match texts {
        Texts::One(text) => text,
        Texts::Several(texts) => texts.join(","),
    }))
}

fn of_text<T: DeserializeOwned + PartialEq, E: Error>(text: &str) -> Result<Vec<T>, E> {
    let mut words: Vec<T> = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let word = word.to_ascii_lowercase();
        let word = T::deserialize(StrDeserializer::<E>::new(&word))?;
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() {
        return Err(E::custom("nothing, expected one word, or several separated by commas"));
    }
    Ok(words)
}
