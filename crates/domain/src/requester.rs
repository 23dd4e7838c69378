//! Who asked for something, as exports and webhooks remember it.

use serde::{Deserialize, Serialize};

/// Whether a person or an API key called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequesterType {
    /// A person, by a token of the identity provider.
    Member,
    /// An API key of the organisation.
    ApiKey,
}

impl RequesterType {
    /// The name in the database and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            RequesterType::Member => "member",
            RequesterType::ApiKey => "api_key",
        }
    }
}

/// Who asked: a copy, since the identity provider may forget the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Requester {
    /// A person or an API key.
    #[serde(rename = "type")]
    pub kind: RequesterType,
    /// The subject of the token, or the id of the API key.
    pub id: String,
    /// Name for people; null where it is not shared.
    #[schema(required)]
    pub name: Option<String>,
    /// E-mail address; null where it is not shared.
    #[schema(required)]
    pub email: Option<String>,
}
