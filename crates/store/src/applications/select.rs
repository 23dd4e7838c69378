//! Everybody whom a filter means, in the order of the list: one after the other, whether they may be
//! exported or not.

use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::export::LeftOutReason;
use domain::id::{ApplicationId, VacancyId};
use uuid::Uuid;

use super::search::Asked;
use super::ways::Way;
use super::{ApplicationFilter, FilterRefusal, Resolved, Sort, resolve};
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::page::in_order;
use crate::row::optional_word;
use crate::statement::composed::{Composed, Where};
use crate::statement::row;

/// Somebody whom a filter means.
pub(crate) struct Selected {
    pub(crate) id: ApplicationId,
    /// Why not, of those who may not be exported, and their name.
    pub(crate) left_out: Option<(LeftOutReason, String)>,
}

/// Tells everybody whom a filter means, by time of application, then id. Run it in the transaction that
/// reads them then, with one view for both.
pub(crate) fn select(
    conn: &mut Conn,
    actor: &Actor,
    vacancy: VacancyId,
    filter: &ApplicationFilter,
    mut each: impl FnMut(Selected),
) -> Result<Result<(), FilterRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    let Resolved { conditions, stages, .. } =
        match resolve(conn, organisation, vacancy, filter, Sort::default())? {
            Ok(resolved) => resolved,
            Err(refusal) => return Ok(Err(refusal)),
        };
    let asked = Asked::everybody_of(organisation, vacancy, filter, stages);
    let told = if let Some(conditions) = &conditions {
        tell(conn, asked.everybody_by_letters(conditions), &mut each)
    } else {
        let mut told = Ok(());
        in_order(conn, |conn| {
            told = tell(conn, asked.everybody_in_order(), &mut each);
            Ok(())
        })?;
        told
    };
    told.map(Ok)
}

/// Row by row: nobody is kept here.
fn tell(
    conn: &mut Conn,
    everybody: Composed<'_>,
    each: &mut impl FnMut(Selected),
) -> Result<(), StoreError> {
    for row in everybody.load_iter::<Row, PgRowByRowLoadingMode>(conn)? {
        let Row { id, why_not, full_name } = row?;
        let why_not = optional_word(LeftOutReason::parse, why_not.as_deref())?;
        each(Selected { id: id.into(), left_out: why_not.zip(full_name) });
    }
    Ok(())
}

row!(
    pub(super) struct Row {
        id: SqlUuid => Uuid,
        why_not: Nullable<Text> => Option<String>,
        full_name: Nullable<Text> => Option<String>,
    }
);

impl Asked<'_> {
    /// Along the stages that are meant, else along the vacancy.
    pub(super) fn everybody_in_order(&self) -> Composed<'_> {
        self.everybody(if self.stages.is_some() {
            Composed::default()
                .sql("(SELECT a.* FROM")
                .then(self.keys(Way::Stage))
                .sql("CROSS JOIN LATERAL (SELECT * FROM applications")
                .then(self.on(Way::Stage))
                .sql("OFFSET 0) a)")
        } else {
            Composed::default()
                .sql("(SELECT * FROM applications")
                .then(self.in_window(Where::default()))
                .sql("OFFSET 0)")
        })
    }

    /// Those of all who have the letters.
    pub(super) fn everybody_by_letters(&self, conditions: &[(i32, i32)]) -> Composed<'_> {
        self.everybody(self.with_letters(conditions))
    }

    fn everybody<'a>(&'a self, applications: Composed<'a>) -> Composed<'a> {
        Composed::default()
            .sql(include_str!("selected.sql"))
            .then(applications)
            .sql("a")
            .then(self.wanted())
            .sql(include_str!("selected_people.sql"))
    }
}
