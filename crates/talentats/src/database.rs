//! Commands that talk to Postgres by themselves: migrate, organisation, import.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use domain::actor::{Actor, Scope};
use domain::id::OrganisationId;
use domain::sealing::SealingKeys;
use store::import::{Counts, Imported};
use store::migrate::MigrateError;
use store::organisations::RemoveRefusal;
use store::{Conn, Db, DbConfig, StoreError};
use tokio::time::Instant;

use crate::cli::{ImportArguments, MigrateArguments, OrganisationAction, OrganisationArguments};
use crate::{answer, keys};

/// An operator can wait for what takes long.
const LONG: Duration = Duration::from_hours(1);

/// How soon it is looked again whether requests have ended, or whether Postgres is there.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Waits for Postgres, brings the database up to date and prints what ran.
///
/// # Errors
/// When Postgres is not there in time, too old, or refuses.
pub(crate) async fn migrate(arguments: &MigrateArguments) -> anyhow::Result<()> {
    let database = &arguments.database;
    store::db::check_url(&database.database_url)
        .map_err(|form| anyhow!("DATABASE_URL is not a connection string: {form}"))?;
    until_there(&database.database_url, arguments.wait).await?;
    let url = database.database_url.clone();
    let ran = tokio::task::spawn_blocking(move || store::migrate::run(&url)).await??;
    ran.iter().try_for_each(|name| answer::line(&format!("migrated {name}")))?;
    let url = database.database_url.clone();
    let role = tokio::task::spawn_blocking(move || store::migrate::takes_application_role(&url));
    if !role.await?? {
        answer::line(
            "this login role may not take the role talentats_app: api and worker that use it run \
             with all of its rights; as a superuser run CREATE ROLE talentats_app NOLOGIN and grant \
             it to their login role, then migrate again",
        )?;
    }
    answer::line("the database is up to date")
}

/// Adds, removes or lists organisations.
///
/// # Errors
/// When Postgres is not there or the name is taken.
pub(crate) async fn organisation(arguments: OrganisationArguments) -> anyhow::Result<()> {
    match arguments.action {
        OrganisationAction::Add { database, name } => {
            let name = domain::name::clean(&name).context("the organisation's name")?;
            let added = with(&database.database_url, {
                let name = name.clone();
                move |conn| store::organisations::add(conn, &operator(Scope::All), &name)
            });
            let added =
                added.await?.map_err(|_| anyhow!("there is an organisation {name} already"))?;
            answer::line(&added.id.to_string())
        }
        OrganisationAction::Remove { database, id, confirm } => {
            remove(&database.database_url, id.into(), confirm).await
        }
        OrganisationAction::List { database } => {
            let all = with(&database.database_url, |conn| {
                store::organisations::list(conn, &operator(Scope::All))
            });
            let all = all.await?;
            all.iter().try_for_each(|one| answer::line(&format!("{}  {}", one.id, one.name)))
        }
    }
}

/// Removes an organisation once nothing of it is on the wire any more.
async fn remove(url: &str, id: OrganisationId, name: String) -> anyhow::Result<()> {
    let mut told = false;
    loop {
        let confirmed = name.clone();
        let removed = with(url, move |conn| {
            store::organisations::remove(conn, &operator(Scope::All), id, &confirmed)
        });
        match removed.await? {
            Ok(()) => return answer::line(&format!("removed {id}")),
            Err(RemoveRefusal::Unknown) => bail!(no_organisation(id)),
            Err(RemoveRefusal::NameDiffers) => {
                bail!("{id} has another name than {name}: nothing was removed")
            }
            Err(RemoveRefusal::InProgress(exports)) => {
                if !told {
                    answer::line(&format!("waiting for {exports} exports that are in progress"))?;
                }
                told = true;
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }
}

fn no_organisation(id: OrganisationId) -> String {
    format!("there is no organisation {id}: `talentats organisation list` tells which there are")
}

/// Imports a file: all of it, or nothing.
///
/// # Errors
/// When a line is wrong (each is named), or Postgres is not there.
pub(crate) async fn import(arguments: ImportArguments) -> anyhow::Result<()> {
    let file = arguments.file;
    let input = File::open(&file).with_context(|| format!("cannot read {}", file.display()))?;
    if input.metadata().is_ok_and(|about| about.is_file() && about.len() == 0) {
        bail!("{} is empty: nothing was imported", file.display());
    }
    let url = arguments.database.database_url;
    let keys = arguments.secret_keys.as_ref().map(keys::parse).transpose()?;
    let told = load(&url, arguments.org.into(), keys, BufReader::new(input)).await?;
    answer::line(&format!("imported {told}"))
}

/// Imports lines and tells how many of what. The keys are needed where people were erased.
///
/// # Errors
/// When a line is wrong (each is named), or Postgres is not there.
pub(crate) async fn load(
    url: &str,
    organisation: OrganisationId,
    keys: Option<SealingKeys>,
    lines: impl BufRead + Send + 'static,
) -> anyhow::Result<String> {
    let loaded = with(url, move |conn| {
        let actor = operator(Scope::Organisation(organisation));
        if store::organisations::of(conn, &actor)?.is_none() {
            return Ok(None);
        }
        store::import::load(conn, &actor, keys.as_ref(), api::spool::lines(lines)).map(Some)
    });
    match loaded.await? {
        Some(Ok(done)) => Ok(counted(&done)),
        Some(Err(refusal)) => Err(refusal.into()),
        None => bail!(no_organisation(organisation)),
    }
}

/// Who acts by the command line.
pub(crate) fn operator(scope: Scope) -> Actor {
    Actor::system("command line", scope)
}

fn counted(done: &Imported) -> String {
    let kinds = [
        ("vacancy", "vacancies", done.vacancies),
        ("candidate", "candidates", done.candidates),
        ("application", "applications", done.applications),
    ];
    let told = kinds.map(|(one, several, Counts { created, updated })| match (created, updated) {
        (1, 0) => format!("1 {one}"),
        (_, 0) => format!("{created} {several}"),
        (_, 1) => format!("{created} new and 1 known {one}"),
        _ => format!("{created} new and {updated} known {several}"),
    });
    let mut told = told.join(", ");
    if done.applications_merged > 0 {
        let merged = done.applications_merged;
        told.push_str(&format!("; {merged} more of the same person for the vacancy, merged"));
    }
    if done.skipped_erased > 0 {
        let skipped = done.skipped_erased;
        told.push_str(&format!("; {skipped} lines of people who were erased, skipped"));
    }
    told
}

/// Runs one call on a connection of its own.
///
/// # Errors
/// [`StoreError`], with what to do about it.
pub(crate) async fn with<T, F>(url: &str, call: F) -> anyhow::Result<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
{
    check(url).await?;
    let config = DbConfig { statement_timeout: LONG, ..DbConfig::new(url, 1) };
    Ok(Db::new(&config)?.run(call).await?)
}

/// Waits for a Postgres that answers, and tells of it once.
///
/// # Errors
/// What was missing last, when it is not there in time.
async fn until_there(url: &str, wait: Duration) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut told = false;
    loop {
        let Err(error) = check(url).await else { return Ok(()) };
        let waited = begun.elapsed();
        if waited >= wait || !matches!(error, MigrateError::Connect(_)) {
            let waited = waited.as_secs();
            return Err(error).with_context(|| format!("waited {waited} s for Postgres"));
        }
        if !told {
            let wait = wait.as_secs();
            answer::line(&format!("waiting for Postgres, {wait} s at most: {error}"))?;
        }
        told = true;
        tokio::time::sleep(LOOK_AGAIN.min(wait)).await;
    }
}

/// Whether there is a Postgres that is new enough.
///
/// # Errors
/// One sentence: no connection, or too old.
async fn check(url: &str) -> Result<(), MigrateError> {
    let url = url.to_owned();
    let checked = tokio::task::spawn_blocking(move || store::migrate::check(&url)).await;
    checked.unwrap_or_else(|error| Err(MigrateError::Connect(error.to_string())))
}
