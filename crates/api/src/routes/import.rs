//! Importing vacancies, candidates and applications: NDJSON, all or nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use domain::actor::Actor;
use serde::Serialize;
use store::Conn;
use store::idempotency_keys::Once;
use store::import::{ImportRefusal, Imported, LineProblem};
use utoipa::ToSchema;

use crate::authorized::{self, Authorized};
use crate::extract::{IdempotencyKey, NoParameters, Query};
use crate::problem::{FieldError, Kind, Problem};
use crate::replay;
use crate::spool::{self, Spool};
use crate::state::State;

/// What an import did.
#[derive(Serialize, ToSchema)]
pub struct ImportCounts {
    /// Of vacancies.
    pub vacancies: Counts,
    /// Of candidates.
    pub candidates: Counts,
    /// Of applications.
    pub applications: Counts,
    /// Lines of applications that met another one of the same person for the vacancy, beside those
    /// that were created or updated: the newer active one counts.
    #[schema(example = 0)]
    pub applications_merged: u64,
    /// Lines of candidates who were erased, and of their applications: they were skipped.
    #[schema(example = 0)]
    pub skipped_erased: u64,
}

/// How many rows of one kind.
#[derive(Serialize, ToSchema)]
pub struct Counts {
    /// New ones.
    #[schema(example = 3)]
    pub created: u64,
    /// Those that were here already.
    #[schema(example = 40)]
    pub updated: u64,
}

/// Import
///
/// One JSON object a line, each with its `kind`: vacancy, candidate or application. Rows are
/// found by `reference`; a member that is absent stays as it is, null clears it. A single bad
/// line, and nothing is imported. Of several applications of a person for a vacancy the newer active
/// one counts. At most 1 GiB and a million lines.
#[utoipa::path(
    tag = "import",
    request_body(
        content = String,
        content_type = "application/x-ndjson",
        description = "One object a line; references come before their use",
        example = "{\"kind\": \"vacancy\", \"reference\": \"EXAMPLE-1\", \"title\": \"Example of an import\", \"stages\": [\"Applied\", \"Shortlisted\"]}\n"
    ),
    responses((status = 200, description = "Imported", body = ImportCounts))
)]
#[post("/v1/import")]
pub(crate) async fn import_applications(
    state: web::Data<State>,
    call: Authorized<authorized::Import, (Query<NoParameters>, IdempotencyKey, Spool)>,
) -> Result<HttpResponse, Problem> {
    let (_, key, spool) = call.input;
    let key = key.scoped(&call.caller, "import_applications", &spool.sha256())?;
    let _turn = state.imports.turn(state.db.connections()).await?;
    let process = state.clone();
    let load = move |conn: &mut Conn, actor: &Actor| {
        let keys = Some(&process.keys);
        let lines = spool::lines(spool.reader());
        let once = store::import::load_once(conn, actor, keys, lines, key.as_ref())?;
        let Ok(Once::Replayed { resource }) = once else {
            return Ok(once.map(|once| (once, None)));
        };
        let earlier = store::import::of_event(conn, actor, resource)?;
        Ok(once.map(|once| (once, earlier)))
    };
    let (once, earlier) = call.caller.run(&state, load).await?.map_err(refused)?;
    let replayed = replay::is_replay(&once)?;
    let imported = if let Once::Done(imported) = once { Some(imported) } else { earlier };
    let counts = ImportCounts::from(imported.ok_or_else(replay::gone)?);
    Ok(replay::answer(StatusCode::OK, replayed).json(counts))
}

fn refused(refusal: ImportRefusal) -> Problem {
    let (problems, total) = match refusal {
        ImportRefusal::Lines { problems, total } => (problems, total),
        ImportRefusal::InProgress => return spool::import_in_progress(),
        refusal @ ImportRefusal::NoKeys => return Problem::internal(refusal),
        ImportRefusal::Unreadable(error) => return Problem::internal(error),
    };
    let named =
        |problem: LineProblem| FieldError::in_line(problem.line, problem.pointer, problem.detail);
    Problem::new(Kind::ImportInvalid, "Nothing was imported: some lines are not accepted.")
        .with_errors(problems.into_iter().map(named).collect())
        .with_errors_total(usize::try_from(total).unwrap_or(usize::MAX))
}

impl From<Imported> for ImportCounts {
    fn from(imported: Imported) -> Self {
        Self {
            vacancies: imported.vacancies.into(),
            candidates: imported.candidates.into(),
            applications: imported.applications.into(),
            applications_merged: imported.applications_merged,
            skipped_erased: imported.skipped_erased,
        }
    }
}

impl From<store::import::Counts> for Counts {
    fn from(counts: store::import::Counts) -> Self {
        Self { created: counts.created, updated: counts.updated }
    }
}
