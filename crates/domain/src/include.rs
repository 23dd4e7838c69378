//! What of a candidate a webhook receives: groups of fields, fixed when it is registered
//! (data minimisation).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::export::words;

words!(
    /// A group of fields of the payload that a webhook may receive.
    FieldGroup {
        /// E-mail, phone, address, links.
        Contact = "contact",
        /// Status, dates and source of the application.
        Application = "application",
        /// Answers to the questions of the vacancy; never those imported as sensitive.
        Answers = "answers",
        /// The cover letter.
        CoverLetter = "cover_letter",
        /// Education and certificates.
        Qualifications = "qualifications",
        /// Jobs, the current one also flat.
        Experience = "experience",
        /// Names of skills.
        Skills = "skills",
        /// Where in the pipeline the application stands.
        Stage = "stage",
        /// The overall rating, with its scale.
        Ratings = "ratings",
        /// Results of tests and exercises.
        Assessments = "assessments",
        /// Links to files.
        Attachments = "attachments",
        /// Labels that the organisation gave.
        Tags = "tags",
        /// Name and e-mail address of who exported.
        Requester = "requester",
    }
);

/// What the product guide lists.
const DEFAULT: [FieldGroup; 7] = [
    FieldGroup::Contact,
    FieldGroup::Application,
    FieldGroup::Qualifications,
    FieldGroup::Experience,
    FieldGroup::Stage,
    FieldGroup::Ratings,
    FieldGroup::Assessments,
];

/// A set of field groups, in the order of the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Include(u16);

/// A name that is no field group. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such field group; known are contact, application, answers, cover_letter, qualifications, \
     experience, skills, stage, ratings, assessments, attachments, tags, requester"
)]
pub struct UnknownGroup {
    /// Position of the name in the list, from 0.
    pub index: usize,
}

impl Include {
    /// No group: ids, references, full name and vacancy only.
    pub const NOTHING: Self = Self(0);

    /// The set of the groups with these names; the order and repetitions do not matter.
    ///
    /// # Errors
    /// [`UnknownGroup`].
    pub fn from_names<S: AsRef<str>>(names: &[S]) -> Result<Self, UnknownGroup> {
        names.iter().enumerate().try_fold(Self::NOTHING, |include, (index, name)| {
            let group = FieldGroup::parse(name.as_ref()).ok_or(UnknownGroup { index })?;
            Ok(include.with(group))
        })
    }

    /// The names of the groups, in the order of the payload.
    pub fn names(self) -> Vec<&'static str> {
        self.groups().map(FieldGroup::as_str).collect()
    }

    /// The groups, in the order of the payload.
    pub fn groups(self) -> impl Iterator<Item = FieldGroup> {
        FieldGroup::ALL.iter().copied().filter(move |group| self.has(*group))
    }

    /// Whether the receiver gets this group.
    pub fn has(self, group: FieldGroup) -> bool {
        self.0 & bit(group) != 0
    }

    /// This set and one more group.
    #[must_use]
    pub fn with(self, group: FieldGroup) -> Self {
        Self(self.0 | bit(group))
    }

    /// This set but for one group.
    #[must_use]
    pub fn without(self, group: FieldGroup) -> Self {
        Self(self.0 & !bit(group))
    }

    /// Every group.
    pub fn everything() -> Self {
        FieldGroup::ALL.iter().copied().collect()
    }
}

fn bit(group: FieldGroup) -> u16 {
    1 << group as u16
}

/// What the product guide promises.
impl Default for Include {
    fn default() -> Self {
        DEFAULT.into_iter().collect()
    }
}

impl FromIterator<FieldGroup> for Include {
    fn from_iter<I: IntoIterator<Item = FieldGroup>>(groups: I) -> Self {
        groups.into_iter().fold(Self::NOTHING, Self::with)
    }
}

impl Serialize for Include {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.groups())
    }
}

impl<'de> Deserialize<'de> for Include {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<FieldGroup>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl utoipa::PartialSchema for Include {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let group =
            utoipa::openapi::Ref::from_schema_name(<FieldGroup as utoipa::ToSchema>::name());
        utoipa::openapi::ArrayBuilder::new().items(group).build().into()
    }
}

impl utoipa::ToSchema for Include {
    fn schemas(
        schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
    ) {
        schemas.push((FieldGroup::name().into(), <FieldGroup as utoipa::PartialSchema>::schema()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_what_the_guide_lists() {
        let names = [
            "contact",
            "application",
            "qualifications",
            "experience",
            "stage",
            "ratings",
            "assessments",
        ];
        assert_eq!(Include::default().names(), names);
        assert_eq!(Include::from_names(&names), Ok(Include::default()));
        assert_eq!(Include::everything().names().len(), FieldGroup::ALL.len());
    }

    #[test]
    fn names_round_trip_in_the_order_of_the_payload() {
        let include = Include::from_names(&["tags", "contact", "tags"]).expect("known names");
        assert_eq!(include.names(), ["contact", "tags"]);
        assert!(include.has(FieldGroup::Tags) && !include.has(FieldGroup::Stage));
        let json = serde_json::to_string(&include).expect("JSON");
        assert_eq!(json, r#"["contact","tags"]"#);
        assert_eq!(serde_json::from_str::<Include>(&json).expect("its own form"), include);
    }

    #[test]
    fn unknown_names_are_refused_without_repeating_them() {
        let error = Include::from_names(&["contact", "salary"]).expect_err("unknown");
        assert_eq!(error.index, 1);
        assert!(!error.to_string().contains("salary"));
        for group in FieldGroup::ALL {
            assert!(error.to_string().contains(group.as_str()), "{group}");
        }
    }
}
