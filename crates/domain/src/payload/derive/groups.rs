//! Field groups in frozen bytes: which members are theirs, and what is there where one is left out.

use super::Members;
use crate::import::Contact;
use crate::include::{FieldGroup, Include};
use crate::payload::details::{PayloadApplication, PayloadStage, Ratings};
use crate::requester::Requester;

/// Cuts what is said of the export to what both webhooks receive, the one that it was frozen for and
/// this one, and answers the groups that fall away: nothing ever comes to what was frozen.
pub(super) fn cut(
    export: &mut Members,
    include: Include,
) -> Result<Vec<FieldGroup>, serde_json::Error> {
    let frozen: Include = export.get("include")?;
    let left_out: Vec<FieldGroup> = frozen.groups().filter(|group| !include.has(*group)).collect();
    if !left_out.is_empty() {
        let shared = left_out.iter().fold(frozen, |shared, group| shared.without(*group));
        export.set("include", &shared)?;
    }
    if left_out.contains(&FieldGroup::Requester) {
        let requester: Requester = export.get("requested_by")?;
        export.set("requested_by", &Requester { name: None, email: None, ..requester })?;
    }
    Ok(left_out)
}

impl Members {
    /// Empties what a group holds of a person, flat copies included: leaves become null, lists empty.
    pub(super) fn empty(&mut self, group: FieldGroup) -> Result<(), serde_json::Error> {
        match group {
            FieldGroup::Contact => {
                self.nulls(&["email", "phone", "city", "country", "linkedin_url"])?;
                self.set("contact", &Contact::default())
            }
            FieldGroup::Application => {
                self.nulls(&["application_status", "applied_at", "source"])?;
                self.set("application", &PayloadApplication::default())
            }
            FieldGroup::Experience => {
                self.nulls(&["current_title", "current_employer"])?;
                self.empty_list("experience")
            }
            FieldGroup::Stage => {
                self.nulls(&["stage_name", "stage_order"])?;
                self.set("stage", &PayloadStage::default())
            }
            FieldGroup::Ratings => {
                self.nulls(&["rating", "rating_scale_max"])?;
                self.set("ratings", &Ratings::default())
            }
            FieldGroup::CoverLetter => self.nulls(&["cover_letter"]),
            FieldGroup::Answers
            | FieldGroup::Qualifications
            | FieldGroup::Skills
            | FieldGroup::Assessments
            | FieldGroup::Attachments
            | FieldGroup::Tags => self.empty_list(group.as_str()),
            // Said once, of the export.
            FieldGroup::Requester => Ok(()),
        }
    }

    fn empty_list(&mut self, name: &str) -> Result<(), serde_json::Error> {
        let nothing: [(); 0] = [];
        self.set(name, &nothing)
    }

    fn nulls(&mut self, names: &[&str]) -> Result<(), serde_json::Error> {
        names.iter().try_for_each(|name| self.set(name, &None::<()>))
    }
}
