//! The frozen bytes of an export and the rows that carry it.

use chrono::{DateTime, Utc};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use domain::id::ExportId;
use domain::payload::{ApplicationRecord, PayloadContext, build};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::target::Target;
use crate::db::Conn;
use crate::error::StoreError;
use crate::schema::{export_jobs, export_payloads, exports};

/// Bytes that a person usually takes in a payload.
const USUAL_BYTES: usize = 2_500;

/// Id and time of an export that is about to be made.
#[derive(QueryableByName)]
struct MintedRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// Id and time of an export that is about to be made.
pub(super) struct Minted {
    pub(super) id: ExportId,
    /// The database's now, to the millisecond, so that the id and what people read agree.
    pub(super) at: DateTime<Utc>,
}

/// Mints an id from the database's clock.
pub(super) fn mint(conn: &mut Conn) -> QueryResult<Minted> {
    let query = "SELECT uuid_v7(now()) AS id, date_trunc('milliseconds', now()) AS at";
    let row: MintedRow = diesel::sql_query(query).get_result(conn)?;
    Ok(Minted { id: row.id.into(), at: row.at })
}

/// An export as it will go out, whatever happens to what it was made of.
pub(super) struct Frozen<'a> {
    context: &'a PayloadContext,
    target: &'a Target,
    people: &'a [ApplicationRecord],
    /// The bytes of every try.
    pub(super) body: Vec<u8>,
}

impl<'a> Frozen<'a> {
    /// Builds the payload.
    pub(super) fn new(
        context: &'a PayloadContext,
        target: &'a Target,
        people: &'a [ApplicationRecord],
    ) -> Self {
        let mut body = Vec::with_capacity(people.len() * USUAL_BYTES);
        serde_json::to_writer(&mut body, &build(context, people))
            .expect("a payload has no map with keys that are not text, and memory takes it");
        Self { context, target, people, body }
    }

    /// Writes the export, its people, its bytes and its job.
    pub(super) fn insert(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let bytes = i32::try_from(self.body.len())
            .map_err(|_| StoreError::Unreadable("a payload above 2 GiB".to_owned()))?;
        self.insert_export(conn, bytes)?;
        self.insert_people(conn)?;
        let key = self.key();
        diesel::insert_into(export_payloads::table)
            .values((
                export_payloads::organisation_id.eq(key.0),
                export_payloads::export_id.eq(key.1),
                export_payloads::body.eq(&self.body),
            ))
            .execute(conn)?;
        diesel::insert_into(export_jobs::table)
            .values((
                export_jobs::organisation_id.eq(key.0),
                export_jobs::export_id.eq(key.1),
                export_jobs::webhook_id.eq(Uuid::from(self.target.id)),
                export_jobs::run_at.eq(now),
                export_jobs::payload_bytes.eq(bytes),
            ))
            .execute(conn)?;
        Ok(())
    }

    fn key(&self) -> (Uuid, Uuid) {
        (self.context.organisation.id.into(), self.context.export_id.into())
    }

    fn insert_export(&self, conn: &mut Conn, bytes: i32) -> Result<(), StoreError> {
        let Self { context, target, people, body } = self;
        let people = i32::try_from(people.len())
            .map_err(|_| StoreError::Unreadable("too many people".to_owned()))?;
        let vacancy = &context.vacancy;
        let requester = &context.requester;
        let digest = Sha256::digest(body);
        let key = self.key();
        diesel::insert_into(exports::table)
            .values((
                (exports::organisation_id.eq(key.0), exports::id.eq(key.1)),
                exports::type_.eq(context.export_type.as_str()),
                exports::webhook_id.eq(Uuid::from(target.id)),
                (exports::webhook_name.eq(&target.name), exports::host.eq(&target.host)),
                exports::vacancy_id.eq(vacancy.id.map(Uuid::from)),
                exports::vacancy_title.eq(vacancy.id.map(|_| &vacancy.title)),
                exports::requested_by_type.eq(requester.kind.as_str()),
                exports::requested_by_id.eq(&requester.id),
                exports::requested_by_name.eq(requester.name.as_deref().unwrap_or_default()),
                exports::requested_by_email.eq(requester.email.as_deref().unwrap_or_default()),
                exports::requested_at.eq(context.requested_at),
                exports::candidate_count.eq(people),
                (exports::payload_bytes.eq(bytes), exports::payload_sha256.eq(&digest[..])),
            ))
            .execute(conn)?;
        Ok(())
    }

    /// Which people the export carries; made-up ones are nobody.
    fn insert_people(&self, conn: &mut Conn) -> QueryResult<()> {
        let real = |record: &ApplicationRecord| {
            Some((Uuid::from(record.id?), Uuid::from(record.person.id?)))
        };
        let (applications, candidates): (Vec<Uuid>, Vec<Uuid>) =
            self.people.iter().filter_map(real).unzip();
        if applications.is_empty() {
            return Ok(());
        }
        let key = self.key();
        diesel::sql_query(include_str!("insert_people.sql"))
            .bind::<SqlUuid, _>(key.0)
            .bind::<SqlUuid, _>(key.1)
            .bind::<Array<SqlUuid>, _>(applications)
            .bind::<Array<SqlUuid>, _>(candidates)
            .execute(conn)?;
        Ok(())
    }
}
