//! The format on the wire, version 1.x: one person of a payload.

use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::openapi::{RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::details::Details;
use super::flat::{Flat, Identity};
use crate::import::opaque_debug;

/// One person with their application: one flat object on the wire.
#[derive(Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Which of the export's people this is; always there.
    #[serde(flatten)]
    pub identity: Identity,
    /// Copies of what a mapping needs, since no-code receivers flatten what is nested.
    #[serde(flatten)]
    pub flat: Flat,
    /// What is known, by group.
    #[serde(flatten)]
    pub details: Details,
}

opaque_debug!(Candidate);

/// One object with the members of all three parts: `allOf` is hard on code generators.
impl PartialSchema for Candidate {
    fn schema() -> RefOr<Schema> {
        let mut candidate = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("One person with their application"))
            .build();
        for part in [Identity::schema(), Flat::schema(), Details::schema()] {
            if let RefOr::T(Schema::Object(part)) = part {
                candidate.properties.extend(part.properties);
                candidate.required.extend(part.required);
            }
        }
        candidate.into()
    }
}

impl ToSchema for Candidate {
    fn name() -> std::borrow::Cow<'static, str> {
        "CandidatesExportedCandidate".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Identity::schemas(schemas);
        Flat::schemas(schemas);
        Details::schemas(schemas);
    }
}
