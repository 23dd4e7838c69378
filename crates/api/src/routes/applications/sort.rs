//! The orders of a list of applications.

use serde::{Deserialize, Serialize};
use store::applications::{Sort, SortBy};
use utoipa::ToSchema;

/// What applications are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, ToSchema)]
pub enum ApplicationSort {
    /// By time of application, oldest first.
    #[default]
    #[serde(rename = "applied_at")]
    AppliedAt,
    /// Newest first.
    #[serde(rename = "-applied_at")]
    LatestFirst,
    /// By name.
    #[serde(rename = "full_name")]
    FullName,
    /// From Z to A.
    #[serde(rename = "-full_name")]
    FullNameBackwards,
    /// By rating, the lowest first.
    #[serde(rename = "rating")]
    Rating,
    /// The highest first.
    #[serde(rename = "-rating")]
    HighestFirst,
    /// By stage, the first one first.
    #[serde(rename = "stage")]
    Stage,
    /// The last one first.
    #[serde(rename = "-stage")]
    LastStageFirst,
}

impl From<ApplicationSort> for Sort {
    fn from(sort: ApplicationSort) -> Self {
        let (by, descending) = match sort {
            ApplicationSort::AppliedAt => (SortBy::AppliedAt, false),
            ApplicationSort::LatestFirst => (SortBy::AppliedAt, true),
            ApplicationSort::FullName => (SortBy::FullName, false),
            ApplicationSort::FullNameBackwards => (SortBy::FullName, true),
            ApplicationSort::Rating => (SortBy::Rating, false),
            ApplicationSort::HighestFirst => (SortBy::Rating, true),
            ApplicationSort::Stage => (SortBy::Stage, false),
            ApplicationSort::LastStageFirst => (SortBy::Stage, true),
        };
        Self { by, descending }
    }
}
