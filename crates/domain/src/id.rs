//! Typed ids. All are UUIDv7 (RFC 9562), minted by the database's clock.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Defines a newtype over [`Uuid`], so that one kind of id cannot stand in for another.
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        /// Only the hyphenated form is read: an id has one spelling.
        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if text.len() != 36 {
                    return Err(MalformedId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| MalformedId)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                uuid_schema().into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

/// How every id looks in OpenAPI and JSON Schema.
fn uuid_schema() -> utoipa::openapi::Object {
    let uuid = utoipa::openapi::KnownFormat::Uuid;
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::Type::String)
        .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(uuid)))
        .build()
}

/// The text is not a hyphenated UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID such as 019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11")]
pub struct MalformedId;

typed_id!(
    /// A notification of a member.
    NotificationId
);

typed_id!(
    /// An organisation: the tenant that every other row belongs to.
    OrganisationId
);
typed_id!(
    /// A registered URL of an organisation.
    WebhookId
);
typed_id!(
    /// A position that people apply for.
    VacancyId
);
typed_id!(
    /// A person.
    CandidateId
);
typed_id!(
    /// A candidate in a vacancy.
    ApplicationId
);
typed_id!(
    /// One confirmed batch of applications for one webhook; the `webhook-id` on the wire.
    ExportId
);
typed_id!(
    /// A key of an organisation, for programs of third parties.
    ApiKeyId
);
typed_id!(
    /// One try to POST an export; the `webhook-attempt-id` on the wire.
    AttemptId
);
typed_id!(
    /// Something that was done, as the audit was told.
    AuditEventId
);
