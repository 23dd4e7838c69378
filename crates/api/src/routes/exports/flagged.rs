//! Flags of unusual exports, as admins and support read them.

use std::collections::BTreeMap;

use chrono::Utc;
use domain::flag::{Flag, FlagReason};
use serde::Serialize;
use utoipa::ToSchema;

/// Why an export is unusual.
#[derive(Serialize, ToSchema)]
pub struct ExportFlag {
    /// The reason.
    pub reason: FlagReason,
    /// The same in a sentence.
    #[schema(example = "Rosa exported 4,210 people today; usually it is about 35 a day.")]
    pub sentence: String,
    /// The numbers behind it, by name: `people` of the export always; of `unusual_volume` also
    /// `people_that_day` and `usual_people_a_day`; of `unusual_hours` `hour`, `exports` and
    /// `exports_around_that_hour`; of `first_large_export` `webhook_days`.
    #[schema(example = json!({ "people": 4190, "people_that_day": 4210, "usual_people_a_day": 35 }))]
    pub figures: BTreeMap<String, u64>,
}

impl ExportFlag {
    /// The flags of an export, to a reader who sees this host.
    pub(super) fn list(row: &store::exports::Export, host: &str) -> Vec<Self> {
        let flag = |(flag, sentence): (&Flag, String)| Self {
            reason: flag.reason,
            sentence,
            figures: flag.figures.clone(),
        };
        row.unusual(host, Utc::now()).into_iter().map(flag).collect()
    }
}
