//! What a receiver gets. Built once per export, before it is accepted, and frozen: its types are the
//! single source of the documented format (version 1).

mod build;
mod candidate;
mod content;
mod derive;
mod details;
mod flat;
mod freeze;
mod phone;
mod record;
mod sample;
mod wire;

pub use build::build;
pub use candidate::Candidate;
pub use derive::{Derived, NotOurs, derive, without};
pub use details::{
    Details, OverallRating, PayloadAnswer, PayloadApplication, PayloadStage, Ratings,
};
pub use flat::{Flat, Identity};
pub use freeze::{Bytes, Freezer, TooLarge};
pub use record::{
    ApplicationRecord, OrganisationRecord, PayloadContext, PersonRecord, VacancyRecord,
};
pub use sample::{sample, sample_test, test_people, test_vacancy};
pub use wire::{ExportMember, OrganisationMember, Payload, PayloadType, VacancyMember};
