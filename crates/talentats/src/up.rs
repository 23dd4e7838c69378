//! `talentats up`: everything on this machine, with one Ctrl-C. It starts Postgres, migrates,
//! adds demo data when empty, and runs receiver, API and worker as children of itself.

mod account;
mod child;
mod console;
mod demo;
mod examples;
mod folder;
mod link;
mod port;
mod postgres;
mod settings;
mod walk;

use anyhow::Context;

use crate::answer;
use crate::cli::UpArguments;
use crate::stop::Stop;

use account::Accounts;
use child::Children;
use folder::Folder;
use link::Link;
use port::Ports;
use postgres::Postgres;
use settings::Settings;

/// Starts everything and runs until it is told to stop.
///
/// # Errors
/// One sentence about what is missing, taken or broken.
pub(crate) async fn run(arguments: UpArguments) -> anyhow::Result<()> {
    let mut stop = Stop::listen()?;
    let folder = Folder::open(&arguments)?;
    let started = tokio::select! {
        started = start(&arguments, &folder) => started?,
        () = stop.asked() => return Ok(()),
    };
    let (postgres, mut children) = started;
    let ended = tokio::select! {
        () = stop.asked() => Ok(()),
        ended = children.any_end() => Err(ended),
        ended = postgres.end() => Err(ended),
    };
    answer::line("stopping; once more to stop at once")?;
    tokio::select! {
        () = children.stop() => {}
        () = stop.asked() => {}
    }
    drop(children);
    postgres.stop().await;
    ended
}

/// Everything, in the order in which one part needs another.
async fn start(arguments: &UpArguments, folder: &Folder) -> anyhow::Result<(Postgres, Children)> {
    let mut settings = Settings::read(folder)?;
    let ports = Ports::reserve(arguments.port, &mut settings)?;
    let postgres = Postgres::start(arguments, folder).await?;
    let migrated = postgres.url.clone();
    tokio::task::spawn_blocking(move || store::migrate::run(&migrated)).await??;
    let organisations =
        demo::organisations(&postgres.url, &mut settings, !arguments.no_demo).await?;
    settings.write(folder)?;

    let key = folder.token_key()?;
    let accounts = Accounts::new(&key, &organisations)?;
    let link = Link::new(&ports, &accounts);
    let mut children = Children::start(ports, folder, &settings, &postgres.url)?;
    tokio::select! {
        ready = link.ready() => ready?,
        ended = children.any_end() => return Err(ended),
    }
    let vacancy = if arguments.no_demo {
        None
    } else {
        link.register(folder, &mut settings).await.context("cannot register the demo receiver")?;
        link.vacancy().await?
    };
    settings.write(folder)?;
    examples::write(&link, folder, vacancy.as_ref()).await?;
    folder.write_env(&walk::environment(&link, &accounts, folder, &postgres.url))?;
    let console = if link.has_console().await? {
        console::text(&link.api_url, &accounts, vacancy.as_ref())
    } else {
        String::new()
    };
    answer::line(&walk::text(&link, &accounts, folder, &console, vacancy.as_ref()))?;
    Ok((postgres, children))
}
