//! Whom an export is asked for: ids, or a filter of the vacancy's applications.

use chrono::{DateTime, Utc};
use domain::id::ApplicationId;
use domain::import::ApplicationStatus;
use serde::{Deserialize, Serialize};
use store::applications::ApplicationFilter;
use store::exports::Picked;
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::{instant, several};
use crate::problem::{FieldError, Kind, Problem};

/// All applications of the vacancy that these filters mean, as in the list of applications, by time of
/// application, then id; all conditions hold together, and none means everybody.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectApplications {
    /// Only those at one of these stages of the vacancy, by name, in whatever case: a list, or one text
    /// with commas as in the list of applications. A stage that the vacancy has not: 422.
    #[serde(default, deserialize_with = "several::texts", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OneOrSeveral>)]
    #[validate(length(max = 2000, message = "at most 2,000 characters"))]
    stage: Option<String>,
    /// Only those that stand as a whole at one of these: a list, or one text with commas.
    #[serde(default, deserialize_with = "several::listed", skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<OneOrSeveral>)]
    status: Vec<ApplicationStatus>,
    /// Only those rated at least so, on the scale of the rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_rating: Option<f64>,
    /// Only those who applied after this instant; after a date is after the whole UTC day.
    #[serde(default, deserialize_with = "instant::after", skip_serializing_if = "Option::is_none")]
    applied_after: Option<DateTime<Utc>>,
    /// Only people in whose name or e-mail address all these words stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 200, message = "1 to 200 characters"))]
    #[schema(min_length = 1, max_length = 200)]
    q: Option<String>,
}

/// One word, several with commas between them, or a list.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it tells the document what is taken")]
enum OneOrSeveral {
    /// One, or several separated by commas.
    Text(String),
    /// Several.
    List(Vec<String>),
}

impl From<SelectApplications> for ApplicationFilter {
    fn from(select: SelectApplications) -> Self {
        Self {
            stage: select.stage,
            statuses: select.status,
            q: select.q,
            min_rating: select.min_rating,
            applied_after: select.applied_after,
        }
    }
}

/// Where in the body the pick is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// By ids.
    Ids,
    /// By a filter.
    Select,
}

impl Place {
    pub(crate) fn pointer(self) -> &'static str {
        match self {
            Self::Ids => "/application_ids",
            Self::Select => "/select",
        }
    }
}

/// Either of the two.
pub(super) fn picked(
    ids: Option<Vec<ApplicationId>>,
    select: Option<SelectApplications>,
) -> Result<(Picked, Place), Problem> {
    match (ids, select) {
        (Some(ids), None) => Ok((Picked::Ids(ids), Place::Ids)),
        (None, Some(select)) => Ok((Picked::Select(select.into()), Place::Select)),
        _ => {
            let detail = "Give either application_ids or select.";
            let error = |place: Place| FieldError::new(place.pointer(), "one of the two");
            let errors = vec![error(Place::Ids), error(Place::Select)];
            Err(Problem::new(Kind::ChooseOne, detail).with_errors(errors))
        }
    }
}
