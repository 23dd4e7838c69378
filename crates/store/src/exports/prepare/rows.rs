//! The rows of `prepare.sql`, and what an export takes from them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::export::DisabledReason;
use domain::id::OrganisationId;
use domain::import::{
    Answer, ApplicationStatus, Assessment, Attachment, Contact, Experience, Qualification, Rating,
    VacancyStatus,
};
use domain::include::Include;
use domain::payload::{ApplicationRecord, OrganisationRecord, PersonRecord, VacancyRecord};
use uuid::Uuid;

use super::{Earlier, Person, Prepared, Target};
use crate::error::StoreError;
use crate::idempotency_keys::Remembered;
use crate::row::{Typed, optional_word, requester, word};

pub(super) type Row =
    (Option<Head>, i64, Option<ApplicationRow>, Option<PersonRow>, Option<EarlierRow>);

pub(super) type HeadType = (
    (SqlUuid, Timestamptz, Text),
    Nullable<(SqlUuid, Text, Text, Array<Text>, Binary)>,
    (Nullable<Timestamptz>, Nullable<Text>),
    (Nullable<Timestamptz>, Nullable<Timestamptz>),
    Nullable<Text>,
    Nullable<(SqlUuid, Text, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, Array<Text>)>,
    Nullable<(Binary, SqlUuid)>,
);

/// What there is once, in the order of `prepare.sql`.
#[derive(Queryable)]
pub(super) struct Head {
    minted: (Uuid, DateTime<Utc>, String),
    webhook: Option<WebhookRow>,
    disabled: (Option<DateTime<Utc>>, Option<String>),
    failing_since_and_last_delivered: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    vacancy_status: Option<String>,
    vacancy: Option<VacancyRow>,
    remembered: Option<(Vec<u8>, Uuid)>,
}

/// Id, name, host, field groups and the sealed URL.
type WebhookRow = (Uuid, String, String, Vec<String>, Vec<u8>);

type VacancyRow =
    (Uuid, String, String, Option<String>, Option<String>, Option<String>, Vec<String>);

impl Head {
    pub(super) fn prepared(self, organisation: OrganisationId) -> Result<Prepared, StoreError> {
        let (id, at, name) = self.minted;
        let (disabled_at, reason) = self.disabled;
        let reason = optional_word(DisabledReason::parse, reason.as_deref())?;
        let (failing_since, last_delivered_at) = self.failing_since_and_last_delivered;
        let target = self.webhook.map(|(id, name, host, include, url_sealed)| {
            let include = Include::from_names(&include)
                .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
            let disabled = disabled_at.zip(reason);
            Ok::<_, StoreError>(Target {
                id: id.into(),
                name,
                host,
                include,
                url_sealed,
                disabled,
                failing_since,
                last_delivered_at,
            })
        });
        let remembered = |(request_sha256, resource)| Remembered { request_sha256, resource };
        Ok(Prepared {
            id: id.into(),
            at,
            organisation: OrganisationRecord { id: organisation, name },
            target: target.transpose()?,
            vacancy: self.vacancy.map(vacancy_record),
            vacancy_status: optional_word(VacancyStatus::parse, self.vacancy_status.as_deref())?,
            remembered: self.remembered.map(remembered),
        })
    }
}

fn vacancy_record(row: VacancyRow) -> VacancyRecord {
    let (id, reference, title, department, location, url, stages) = row;
    VacancyRecord { id: id.into(), reference, title, department, location, url, stages }
}

pub(super) type ApplicationType = (
    SqlUuid,
    Text,
    Text,
    Text,
    Nullable<Timestamptz>,
    Timestamptz,
    Timestamptz,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Jsonb>,
    Nullable<Jsonb>,
    Nullable<Jsonb>,
);

/// The columns of an application, in the order of `prepare.sql`.
#[derive(Queryable)]
pub(super) struct ApplicationRow {
    id: Uuid,
    reference: String,
    status: String,
    stage: String,
    stage_entered_at: Option<DateTime<Utc>>,
    applied_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    source: Option<String>,
    cover_letter: Option<String>,
    answers: Option<Typed<Vec<Answer>>>,
    rating: Option<Typed<Rating>>,
    assessments: Option<Typed<Vec<Assessment>>>,
}

impl ApplicationRow {
    pub(super) fn bytes(&self) -> usize {
        self.cover_letter.as_ref().map_or(0, String::len)
            + bytes(self.answers.as_ref())
            + bytes(self.assessments.as_ref())
    }

    pub(super) fn person(
        self,
        person: PersonRow,
        earlier: Option<EarlierRow>,
    ) -> Result<Person, StoreError> {
        let restricted = person.restricted;
        let record = ApplicationRecord {
            id: self.id.into(),
            reference: self.reference,
            person: person.record(),
            status: word(ApplicationStatus::parse, &self.status)?,
            stage: self.stage,
            stage_entered_at: self.stage_entered_at,
            applied_at: self.applied_at,
            updated_at: self.updated_at,
            source: self.source,
            cover_letter: self.cover_letter,
            answers: value(self.answers),
            rating: self.rating.map(|rating| rating.value),
            assessments: value(self.assessments),
        };
        Ok(Person { record, restricted, earlier: earlier.map(self::earlier).transpose()? })
    }
}

pub(super) type EarlierType = (SqlUuid, Timestamptz, Text, Text, Text, Text);

pub(super) type EarlierRow = (Uuid, DateTime<Utc>, String, String, String, String);

fn earlier(row: EarlierRow) -> Result<Earlier, StoreError> {
    let (id, at, kind, by, name, email) = row;
    Ok(Earlier { id: id.into(), at, by: requester(&kind, by, name, email)? })
}

pub(super) type PersonType = (
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
    Nullable<Jsonb>,
    Nullable<Jsonb>,
    Nullable<Jsonb>,
    Nullable<Jsonb>,
    Nullable<Jsonb>,
    Nullable<Jsonb>,
);

/// The columns of a candidate, in the order of `prepare.sql`.
#[derive(Queryable)]
pub(super) struct PersonRow {
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
    contact: Option<Typed<Contact>>,
    qualifications: Option<Typed<Vec<Qualification>>>,
    experience: Option<Typed<Vec<Experience>>>,
    skills: Option<Typed<Vec<String>>>,
    tags: Option<Typed<Vec<String>>>,
    attachments: Option<Typed<Vec<Attachment>>>,
}

impl PersonRow {
    pub(super) fn bytes(&self) -> usize {
        bytes(self.contact.as_ref())
            + bytes(self.qualifications.as_ref())
            + bytes(self.experience.as_ref())
            + bytes(self.skills.as_ref())
            + bytes(self.tags.as_ref())
            + bytes(self.attachments.as_ref())
    }

    fn record(self) -> PersonRecord {
        PersonRecord {
            id: self.id.into(),
            reference: self.reference,
            first_name: self.first_name,
            last_name: self.last_name,
            full_name: self.full_name,
            email: self.email,
            phone: self.phone,
            can_contact: self.can_contact,
            consent_expires_at: self.consent_expires_at,
            contact: value(self.contact),
            qualifications: value(self.qualifications),
            experience: value(self.experience),
            skills: value(self.skills),
            tags: value(self.tags),
            attachments: value(self.attachments),
        }
    }
}

fn bytes<T>(column: Option<&Typed<T>>) -> usize {
    column.map_or(0, |column| column.bytes)
}

/// What the webhook does not receive was not read.
fn value<T: Default>(column: Option<Typed<T>>) -> T {
    column.map(|column| column.value).unwrap_or_default()
}
