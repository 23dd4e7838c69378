//! Actions as they are asked for: one by its name, or all of a kind of thing.

use domain::audit::Action;
use serde::{Deserialize, Deserializer, Serialize};

/// The actions of one word.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Actions(Vec<Action>);

impl Actions {
    /// The actions of several words, each once.
    pub(super) fn all_of(words: &[Self]) -> Vec<Action> {
        let asked = |action: &&Action| words.iter().any(|word| word.0.contains(action));
        Action::ALL.iter().filter(asked).copied().collect()
    }

    fn parse(word: &str) -> Option<Self> {
        if let Some(action) = Action::parse(word) {
            return Some(Self(vec![action]));
        }
        let kind = word.strip_suffix(".*").unwrap_or(word);
        // What is done to several at once (`candidates.searched`) is of the kind, too.
        let is_kind = |it: &str| it == kind || it.strip_suffix('s') == Some(kind);
        let of_kind =
            |action: &&Action| action.as_str().split_once('.').is_some_and(|it| is_kind(it.0));
        let actions: Vec<_> = Action::ALL.iter().filter(of_kind).copied().collect();
        (!actions.is_empty()).then_some(Self(actions))
    }
}

impl<'de> Deserialize<'de> for Actions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).ok_or_else(|| {
            serde::de::Error::custom(
                "no action, expected one such as webhook.deleted, or webhook.* for all of a kind",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_stands_for_all_of_its_actions() {
        let words = ["api_key.*", "webhook.deleted", "api_key"].map(Actions::parse);
        let words: Vec<_> = words.into_iter().flatten().collect();
        let expected = [Action::WebhookDeleted, Action::ApiKeyCreated, Action::ApiKeyRevoked];
        assert_eq!(Actions::all_of(&words), expected);
        let people = ["candidate", "candidate.*"].map(Actions::parse);
        let expected = Actions(vec![
            Action::CandidatesSearched,
            Action::CandidateExportsRead,
            Action::CandidateErased,
        ]);
        assert!(people.iter().all(|it| it.as_ref() == Some(&expected)), "{people:?}");
        let several = Actions(vec![Action::CandidatesSearched]);
        assert_eq!(Actions::parse("candidates"), Some(several));
        for unknown in ["", "*", ".*", "web", "webhook.", "webhook.painted", "webhook.deleted.*"] {
            assert_eq!(Actions::parse(unknown), None, "{unknown}");
        }
    }
}
