//! Parameters that take several words, separated by commas or by repeating the parameter: in whatever
//! case, each of them once.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

/// Their names. The document says that commas separate; some generators of clients know that form of
/// lists no better than to repeat the parameter.
const NAMES: [&str; 4] = ["action", "outcome", "status", "group_by"];

/// The query, where a parameter that takes several words comes once.
pub(super) fn joined(query: &str) -> Cow<'_, str> {
    let pairs = || url::form_urlencoded::parse(query.as_bytes());
    let times = |name: &str| pairs().filter(|(known, _)| known == name).count();
    if NAMES.iter().all(|name| times(name) < 2) {
        return Cow::Borrowed(query);
    }
    let mut written = url::form_urlencoded::Serializer::new(String::new());
    written.extend_pairs(pairs().filter(|(name, _)| !NAMES.contains(&&**name)));
    for name in NAMES.into_iter().filter(|name| times(name) > 0) {
        let words: Vec<_> = pairs().filter(|(known, _)| known == name).map(|(_, it)| it).collect();
        written.append_pair(name, &words.join(","));
    }
    Cow::Owned(written.finish())
}

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
