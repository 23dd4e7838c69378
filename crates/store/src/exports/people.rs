//! Who is in an export, as they are called now. Whoever is gone is an id.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::{ApplicationId, CandidateId, ExportId};
use serde_json::json;
use uuid::Uuid;

use super::read;
use crate::audit;
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::page::{self, Page};
use crate::row::{page_rows, unsigned};
use crate::statement::{row, statement};

/// One person of an export.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonInExport {
    /// Place in the payload, from 1.
    pub sequence: u32,
    /// The application.
    pub application_id: ApplicationId,
    /// The organisation's own key of it; none once it is gone.
    pub application_reference: Option<String>,
    /// The person.
    pub candidate_id: CandidateId,
    /// The organisation's own key of the person; none once they are gone.
    pub candidate_reference: Option<String>,
    /// The whole name; none once they are gone.
    pub full_name: Option<String>,
}

/// Names are nobody's business in a log.
impl std::fmt::Debug for PersonInExport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonInExport").field("id", &self.application_id).finish_non_exhaustive()
    }
}

statement!(ReadPeople = "people/read.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
    after: Integer => i32,
    rows: BigInt => i64,
) -> named PersonRow);

row!(
    struct PersonRow {
        sequence: Integer => i32,
        application_id: SqlUuid => Uuid,
        application_reference: Nullable<Text> => Option<String>,
        candidate_id: SqlUuid => Uuid,
        candidate_reference: Nullable<Text> => Option<String>,
        full_name: Nullable<Text> => Option<String>,
    }
);

/// A page of the people of an export, in the order of the payload; none of an export that the actor does
/// not see. A test carries nobody. Who looks is told.
///
/// # Errors
/// [`StoreError`].
pub fn people(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
    after: Option<u32>,
    limit: usize,
) -> Result<Option<Page<PersonInExport, u32>>, StoreError> {
    let organisation = Uuid::from(organisation_of(actor)?);
    transaction(conn, |conn| {
        if read::seen(conn, actor, (organisation, id.into()))?.is_none() {
            return Ok(None);
        }
        let read = ReadPeople {
            organisation,
            export: id.into(),
            after: i32::try_from(after.unwrap_or(0)).unwrap_or(i32::MAX),
            rows: page_rows(limit),
            lifetime: PhantomData,
        };
        let rows: Vec<PersonRow> = page::in_order(conn, |conn| read.load(conn))?;
        let people = rows.into_iter().map(PersonRow::person).collect::<Result<Vec<_>, _>>()?;
        let page = Page::from_rows(people, limit, |person| person.sequence);
        let details = json!({ "people": page.items.len() });
        audit::did(conn, actor, Action::ExportPeopleRead, id, details)?;
        Ok(Some(page))
    })
}

impl PersonRow {
    fn person(self) -> Result<PersonInExport, StoreError> {
        Ok(PersonInExport {
            sequence: unsigned(self.sequence)?,
            application_id: self.application_id.into(),
            application_reference: self.application_reference,
            candidate_id: self.candidate_id.into(),
            candidate_reference: self.candidate_reference,
            full_name: self.full_name,
        })
    }
}
