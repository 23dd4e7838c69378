//! What is known about a person and an application in lists and objects: the shapes of the
//! jsonb columns, of an import and of a payload alike. Such a value is replaced as a whole.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::figure::{self, Figure};
use super::instant::{self, PartialDate};

/// Gives types a `Debug` that prints their name only: they hold personal data.
macro_rules! opaque_debug {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        })+
    };
}
pub(crate) use opaque_debug;

/// How to reach a person.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// E-mail addresses.
    #[schema(required)]
    #[serde(deserialize_with = "null_is_default")]
    pub emails: Vec<ContactPoint>,
    /// Phone numbers.
    #[schema(required)]
    #[serde(deserialize_with = "null_is_default")]
    pub phones: Vec<ContactPoint>,
    /// Postal address.
    #[schema(required)]
    #[serde(deserialize_with = "null_is_default")]
    pub address: Address,
    /// Profiles and pages.
    #[schema(required)]
    #[serde(deserialize_with = "null_is_default")]
    pub links: Vec<Link>,
}

/// An e-mail address or a phone number.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPoint {
    /// Such as personal, work, mobile; open.
    #[serde(rename = "type", default)]
    #[schema(required)]
    pub kind: Option<String>,
    /// The address or number. A phone in E.164 where it can be told.
    pub value: String,
    /// Whether it is the one to use.
    #[serde(default)]
    #[schema(required)]
    pub primary: bool,
}

/// A postal address.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// Street and what else comes before the city.
    #[schema(required)]
    #[serde(deserialize_with = "null_is_default")]
    pub lines: Vec<String>,
    /// City.
    #[schema(required)]
    pub city: Option<String>,
    /// County, state or region.
    #[schema(required)]
    pub region: Option<String>,
    /// Postal code.
    #[schema(required)]
    pub postal_code: Option<String>,
    /// Country, as imported; usually two letters of ISO 3166-1.
    #[schema(required)]
    pub country: Option<String>,
}

/// A profile or page of a person.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Such as linkedin, website; open.
    #[serde(rename = "type", default)]
    #[schema(required)]
    pub kind: Option<String>,
    /// http or https.
    pub url: String,
}

/// An education or certificate.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Qualification {
    /// School, university or issuer.
    #[schema(required)]
    pub institution: Option<String>,
    /// Such as BSc.
    #[schema(required)]
    pub qualification: Option<String>,
    /// Subject.
    #[schema(required)]
    pub field_of_study: Option<String>,
    /// Result, as the issuer words it.
    #[schema(required)]
    pub grade: Option<String>,
    /// First month or day.
    #[schema(required)]
    pub start_date: Option<PartialDate>,
    /// Last month or day; null while it lasts or where unknown.
    #[schema(required)]
    pub end_date: Option<PartialDate>,
}

/// A job.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Experience {
    /// Name of the employer.
    #[schema(required)]
    pub employer: Option<String>,
    /// Job title.
    #[schema(required)]
    pub title: Option<String>,
    /// First month or day.
    #[schema(required)]
    pub start_date: Option<PartialDate>,
    /// Last month or day; null while it lasts or where unknown.
    #[schema(required)]
    pub end_date: Option<PartialDate>,
    /// Whether it lasts.
    #[schema(required)]
    pub current: bool,
    /// What the job was about.
    #[schema(required)]
    pub description: Option<String>,
}

/// A link to a file; the file itself is never sent.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Such as cv, cover_letter; open.
    #[serde(rename = "type", default)]
    #[schema(required)]
    pub kind: Option<String>,
    /// Name of the file.
    pub filename: String,
    /// Media type (RFC 6838).
    #[serde(default)]
    #[schema(required)]
    pub content_type: Option<String>,
    /// Size in bytes.
    #[serde(default, deserialize_with = "figure::whole")]
    #[schema(required)]
    pub size_bytes: Option<u64>,
    /// Where to fetch it; http or https.
    pub url: String,
    /// Until when the link works.
    #[serde(default, with = "instant::optional")]
    #[schema(required)]
    pub url_expires_at: Option<DateTime<Utc>>,
}

/// An answer to a question of the vacancy.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The question.
    pub question: String,
    /// The answer; null where it was left open.
    #[serde(default)]
    pub answer: Option<String>,
    /// Never leaves the system.
    #[serde(default)]
    pub sensitive: bool,
}

/// The overall rating of an application.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The rating, within its scale.
    pub value: Figure,
    /// Worst possible.
    pub scale_min: Figure,
    /// Best possible.
    pub scale_max: Figure,
    /// How many people rated.
    #[serde(default, deserialize_with = "figure::whole")]
    pub count: Option<u32>,
}

/// The result of a test or exercise.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// What was assessed.
    pub name: String,
    /// The score, in the form in which it was imported.
    #[serde(default)]
    #[schema(required, value_type = Option<f64>)]
    pub score: Option<Figure>,
    /// Worst possible.
    #[serde(default)]
    #[schema(required, value_type = Option<f64>)]
    pub scale_min: Option<Figure>,
    /// Best possible.
    #[serde(default)]
    #[schema(required, value_type = Option<f64>)]
    pub scale_max: Option<Figure>,
    /// Who assessed.
    #[serde(default)]
    #[schema(required)]
    pub assessor: Option<String>,
    /// When.
    #[serde(default, with = "instant::optional")]
    #[schema(required)]
    pub completed_at: Option<DateTime<Utc>>,
}

opaque_debug!(
    Contact,
    ContactPoint,
    Address,
    Link,
    Qualification,
    Experience,
    Attachment,
    Answer,
    Rating,
    Assessment,
);

fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
