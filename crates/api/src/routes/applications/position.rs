//! What a cursor of a list of applications carries. Clients may send it back changed.

use chrono::{DateTime, Utc};
use domain::id::ApplicationId;
use serde::{Deserialize, Serialize};
use store::applications::{ApplicationKey, Place, SortBy};

use crate::extract::instant;
use crate::page::mismatch;
use crate::problem::Problem;

/// The last application of a page: what it was sorted by, and its id.
#[derive(Serialize, Deserialize)]
pub(super) struct Position {
    id: ApplicationId,
    #[serde(flatten)]
    place: Sorted,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Sorted {
    Stage {
        stage: String,
        #[serde(deserialize_with = "instant::required")]
        applied_at: DateTime<Utc>,
    },
    AppliedAt {
        #[serde(deserialize_with = "instant::required")]
        applied_at: DateTime<Utc>,
    },
    FullName {
        name: String,
    },
    Rating {
        rating: Option<f64>,
    },
}

impl Position {
    /// The place where a list of that order goes on.
    ///
    /// # Errors
    /// 422 where it is one of another order, or has what no text of the database has.
    pub(super) fn key(self, sort: SortBy) -> Result<ApplicationKey, Problem> {
        let place = match self.place {
            Sorted::AppliedAt { applied_at } => Place::AppliedAt(applied_at),
            Sorted::FullName { name } => Place::FullName(name),
            Sorted::Rating { rating } => Place::Rating(rating),
            Sorted::Stage { stage, applied_at } => Place::Stage(stage, applied_at),
        };
        let is_text = match &place {
            Place::FullName(text) | Place::Stage(text, _) => !text.contains('\0'),
            _ => true,
        };
        if place.sort() == sort && is_text {
            Ok(ApplicationKey { place, id: self.id })
        } else {
            Err(mismatch())
        }
    }
}

impl From<ApplicationKey> for Position {
    fn from(ApplicationKey { place, id }: ApplicationKey) -> Self {
        let place = match place {
            Place::AppliedAt(applied_at) => Sorted::AppliedAt { applied_at },
            Place::FullName(name) => Sorted::FullName { name },
            Place::Rating(rating) => Sorted::Rating { rating },
            Place::Stage(stage, applied_at) => Sorted::Stage { stage, applied_at },
        };
        Self { id, place }
    }
}
