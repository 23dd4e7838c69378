//! The applications of an export, in the order in which they were picked, and why some of them
//! may not go.

use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::id::{ApplicationId, OrganisationId, VacancyId};
use domain::import::{
    Answer, ApplicationStatus, Assessment, Attachment, Contact, Experience, Qualification, Rating,
};
use domain::payload::{ApplicationRecord, PersonRecord};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::queue::statement::statement;
use crate::refusal::Halt;
use crate::row::{Typed, word};

use super::create::CreateRefusal;

/// How many applications a refusal names.
const NAMED: usize = 100;

/// Why an application may not be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unexportable {
    /// Not in this vacancy: unknown, another vacancy's or another organisation's.
    NotFound,
    /// Named before in the same request.
    Duplicate,
    /// Withdrawn by the person.
    Withdrawn,
    /// Processing of the person is restricted.
    Restricted,
}

/// An application that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Its position in the request, from 0.
    pub index: usize,
    /// Its id.
    pub id: ApplicationId,
    /// Why.
    pub why: Unexportable,
}

/// Reads applications of one vacancy in the given order; refuses unless all may go.
pub(super) fn applications(
    conn: &mut Conn,
    organisation: OrganisationId,
    vacancy: VacancyId,
    ids: &[ApplicationId],
) -> Result<Vec<ApplicationRecord>, Halt<CreateRefusal>> {
    let found = read(conn, organisation, vacancy, ids)?;
    check(&found, ids)?;
    let mut found = found;
    let records = ids.iter().filter_map(|id| found.remove(&Uuid::from(*id)));
    Ok(records.map(|(row, person)| record(row, person)).collect::<Result<_, StoreError>>()?)
}

type Found = HashMap<Uuid, (Row, Person)>;

fn read(
    conn: &mut Conn,
    organisation: OrganisationId,
    vacancy: VacancyId,
    ids: &[ApplicationId],
) -> QueryResult<Found> {
    let load = LoadApplications {
        organisation: organisation.into(),
        vacancy: vacancy.into(),
        ids: ids.iter().copied().map(Uuid::from).collect(),
        lifetime: PhantomData,
    };
    // Row by row: what has come is read here while Postgres looks up the rest.
    load.load_iter::<(Row, Person), PgRowByRowLoadingMode>(conn)?
        .map(|found| found.map(|(row, person)| (row.id, (row, person))))
        .collect()
}

fn check(found: &Found, ids: &[ApplicationId]) -> Result<(), Halt<CreateRefusal>> {
    let mut seen = HashSet::new();
    let why = |id: &ApplicationId| match found.get(&Uuid::from(*id)) {
        _ if !seen.insert(*id) => Some(Unexportable::Duplicate),
        None => Some(Unexportable::NotFound),
        Some((row, _)) if row.status == ApplicationStatus::Withdrawn.as_str() => {
            Some(Unexportable::Withdrawn)
        }
        Some((_, person)) if person.restricted => Some(Unexportable::Restricted),
        Some(_) => None,
    };
    let reasons: Vec<_> = ids.iter().map(why).collect();
    let refused = ids.iter().zip(reasons).enumerate();
    let mut refused: Vec<Refused> = refused
        .filter_map(|(index, (id, why))| why.map(|why| Refused { index, id: *id, why }))
        .collect();
    let total = refused.len();
    refused.truncate(NAMED);
    if total == 0 {
        Ok(())
    } else {
        Err(Halt::Refused(CreateRefusal::Applications { refused, total }))
    }
}

statement!(LoadApplications = "load.sql", (
    organisation: SqlUuid => Uuid,
    vacancy: SqlUuid => Uuid,
    ids: Array<SqlUuid> => Vec<Uuid>,
) -> (RowType, PersonType));

type RowType = (
    SqlUuid,
    Text,
    Text,
    Text,
    Nullable<Timestamptz>,
    Timestamptz,
    Timestamptz,
    Nullable<Text>,
    Nullable<Text>,
    Jsonb,
    Nullable<Jsonb>,
    Jsonb,
);

type PersonType = (
    SqlUuid,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Bool>,
    Nullable<Timestamptz>,
    Bool,
    Jsonb,
    Jsonb,
    Jsonb,
    Jsonb,
    Jsonb,
    Jsonb,
);

/// The columns of an application, in the order of `load.sql`.
#[derive(Queryable)]
struct Row {
    id: Uuid,
    reference: String,
    status: String,
    stage: String,
    stage_entered_at: Option<DateTime<Utc>>,
    applied_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    source: Option<String>,
    cover_letter: Option<String>,
    answers: Typed<Vec<Answer>>,
    rating: Option<Typed<Rating>>,
    assessments: Typed<Vec<Assessment>>,
}

/// The columns of a candidate, in the order of `load.sql`.
#[derive(Queryable)]
struct Person {
    id: Uuid,
    reference: String,
    first_name: Option<String>,
    last_name: Option<String>,
    full_name: String,
    email: Option<String>,
    phone: Option<String>,
    can_contact: Option<bool>,
    consent_expires_at: Option<DateTime<Utc>>,
    restricted: bool,
    contact: Typed<Contact>,
    qualifications: Typed<Vec<Qualification>>,
    experience: Typed<Vec<Experience>>,
    skills: Typed<Vec<String>>,
    tags: Typed<Vec<String>>,
    attachments: Typed<Vec<Attachment>>,
}

fn record(row: Row, person: Person) -> Result<ApplicationRecord, StoreError> {
    Ok(ApplicationRecord {
        id: Some(row.id.into()),
        reference: Some(row.reference),
        person: person_record(person),
        status: word(ApplicationStatus::parse, &row.status)?,
        stage: row.stage,
        stage_entered_at: row.stage_entered_at,
        applied_at: row.applied_at,
        updated_at: row.updated_at,
        source: row.source,
        cover_letter: row.cover_letter,
        answers: row.answers.0,
        rating: row.rating.map(|rating| rating.0),
        assessments: row.assessments.0,
    })
}

fn person_record(person: Person) -> PersonRecord {
    PersonRecord {
        id: Some(person.id.into()),
        reference: Some(person.reference),
        first_name: person.first_name,
        last_name: person.last_name,
        full_name: person.full_name,
        email: person.email,
        phone: person.phone,
        can_contact: person.can_contact,
        consent_expires_at: person.consent_expires_at,
        contact: person.contact.0,
        qualifications: person.qualifications.0,
        experience: person.experience.0,
        skills: person.skills.0,
        tags: person.tags.0,
        attachments: person.attachments.0,
    }
}
