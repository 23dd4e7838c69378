//! Lists as CSV (RFC 4180): the whole list in one answer, read page by page while the client takes it.
//! Between pages nothing is held but the rows that have not gone out yet: no transaction, no connection.
//! What fails on the way cuts the answer off, so that nobody takes a part for the whole.

mod cell;
mod line;
mod stream;
#[cfg(test)]
mod tests;
mod turn;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::web;
use chrono::Utc;
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::id::OrganisationId;
use serde::Serialize;
use serde_json::Value;
use store::filter::UnknownFilter;
use store::{Conn, Page, StoreError};

use crate::authorized::Caller;
use crate::problem::Problem;
use crate::state::State;

#[cfg(test)]
pub(crate) use tests::columns_are_of;
pub use turn::Downloads;

/// What the document calls it.
pub(crate) const MEDIA_TYPE: &str = "text/csv";
const WITH_PARAMETERS: &str = "text/csv; charset=utf-8; header=present";

/// A page that was read, or the filter that can match nothing.
pub(crate) type Found<R, K> = Result<Result<Page<R, K>, UnknownFilter>, StoreError>;

/// A list that is downloaded as a whole: what it is filtered by, how a page of it is read, and what of a
/// row is shown.
pub(crate) trait Source: Send + Sync + 'static {
    /// A row of the store.
    type Row: Send + 'static;
    /// Where a page starts.
    type Key: Copy + Send + 'static;
    /// A row as the reader may see it: the item of the list.
    type Item: Serialize;

    /// Its name, in the audit and in the name of the file.
    const NAME: &'static str;
    /// What it lists.
    const OBJECT: ObjectType;
    /// Its columns: members of an item; those of a member that is an object come with its name and `_`
    /// before theirs.
    const COLUMNS: &'static [&'static str];

    /// Reads a page.
    fn page(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        after: Option<Self::Key>,
        limit: usize,
    ) -> Found<Self::Row, Self::Key>;

    /// Whose row it is.
    fn owner(row: &Self::Row) -> Option<OrganisationId>;

    /// What of it the caller sees.
    fn item(row: Self::Row, caller: &Caller, state: &State) -> Self::Item;
}

/// The whole list. The first page is read before the answer begins, so that what is wrong with the request
/// or the database then is a problem document.
///
/// # Errors
/// 429 when the caller downloads as much as they may; 422 for a filter that can match nothing; those of the
/// store.
pub(crate) async fn answer<S: Source>(
    state: web::Data<State>,
    caller: Caller,
    filters: Vec<String>,
    source: S,
) -> Result<HttpResponse, Problem> {
    let turn = state.downloads.take(&caller.actor)?;
    let body = stream::Stream::begin(state, caller, source, filters, turn).await?;
    let file = format!("{}-{}.csv", S::NAME.replace('_', "-"), Utc::now().format("%Y-%m-%d"));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{file}\""));
    let disposition = disposition.map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static(WITH_PARAMETERS)))
        .insert_header((CONTENT_DISPOSITION, disposition))
        // A proxy that gathers what it passes on would take it all into its memory.
        .insert_header((
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ))
        .streaming(body.chunks()))
}

/// The names of the filters that are set: their values may be personal data.
///
/// # Errors
/// 500 when the query cannot be written as JSON, which would be our mistake.
pub(crate) fn names_of(query: &impl Serialize) -> Result<Vec<String>, Problem> {
    let query = serde_json::to_value(query).map_err(Problem::internal)?;
    let Value::Object(members) = query else { return Ok(Vec::new()) };
    let is_set = |value: &Value| match value {
        Value::Null => false,
        Value::Array(several) => !several.is_empty(),
        _ => true,
    };
    Ok(members.into_iter().filter(|(_, value)| is_set(value)).map(|(name, _)| name).collect())
}

/// A list as CSV has no pages of its own: what pages its list is refused.
///
/// # Errors
/// 422 when `limit` or `cursor` is given.
pub(crate) fn refuse_paging(limit: Option<usize>, cursor: Option<&str>) -> Result<(), Problem> {
    let given = [("/limit", limit.is_some()), ("/cursor", cursor.is_some())];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((pointer, _)) => {
            Err(Problem::invalid_value(pointer, "not here: the answer is the whole list"))
        }
        None => Ok(()),
    }
}
