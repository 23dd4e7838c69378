//! A row of a page of applications.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Bool, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::export::ExportStatus;
use domain::import::{ApplicationStatus, Rating};
use uuid::Uuid;

use super::{Application, LastExport};
use crate::error::StoreError;
use crate::row::{Typed, optional_word, unsigned, word};
use crate::statement::row;

row!(
    pub(super) struct Row {
        id: SqlUuid => Uuid,
        candidate_id: SqlUuid => Uuid,
        candidate_reference: Text => String,
        reference: Text => String,
        full_name: Text => String,
        email: Nullable<Text> => Option<String>,
        stage: Text => String,
        stage_order: Nullable<Integer> => Option<i32>,
        rating: Nullable<Jsonb> => Option<Typed<Rating>>,
        applied_at: Timestamptz => DateTime<Utc>,
        status: Text => String,
        restricted: Bool => bool,
        sort_name: Text => String,
        rated: Nullable<Double> => Option<f64>,
        last_export_id: Nullable<SqlUuid> => Option<Uuid>,
        last_requested_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        last_requested_by: Nullable<Text> => Option<String>,
        last_status: Nullable<Text> => Option<String>,
        last_accepted: Nullable<Bool> => Option<bool>,
    }
);

impl Row {
    pub(super) fn application(self) -> Result<Application, StoreError> {
        let last_export = self.last_export()?;
        Ok(Application {
            last_export,
            id: self.id.into(),
            candidate_id: self.candidate_id.into(),
            candidate_reference: self.candidate_reference,
            reference: self.reference,
            full_name: self.full_name,
            email: self.email,
            stage: self.stage,
            stage_order: self.stage_order.map(unsigned).transpose()?,
            rating: self.rating.map(|rating| rating.value),
            applied_at: self.applied_at,
            status: word(ApplicationStatus::parse, &self.status)?,
            restricted: self.restricted,
        })
    }

    fn last_export(&self) -> Result<Option<LastExport>, StoreError> {
        let status = optional_word(ExportStatus::parse, self.last_status.as_deref())?;
        let found = self.last_export_id.zip(self.last_requested_at).zip(status);
        Ok(found.map(|((id, at), status)| LastExport {
            id: id.into(),
            at,
            by: self.last_requested_by.clone(),
            status,
            accepted: self.last_accepted.unwrap_or(false),
        }))
    }
}
