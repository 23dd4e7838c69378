//! The one binary: reads the command line, runs a command, and says in one sentence what went
//! wrong.

mod answer;
mod cli;
mod database;
mod doctor;
mod environment;
mod erase;
mod healthcheck;
mod keys;
mod lifeline;
mod logging;
mod metrics;
mod process;
mod receive;
mod send;
mod sentence;
mod stop;
mod token;
mod up;

use std::process::ExitCode;

use cli::Command;

fn main() -> ExitCode {
    let cli = match environment::read() {
        Ok(cli) => cli,
        Err(error) => return sentence::of_arguments(&error),
    };
    // The default provider of rustls would be another one, which is not compiled in.
    drop(rustls::crypto::ring::default_provider().install_default());
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => sentence::of_failure(&error),
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        match command {
            Command::Up(arguments) => up::run(arguments).await,
            Command::Api(arguments) => process::api(*arguments).await,
            Command::Worker(arguments) => process::worker(*arguments).await,
            Command::Migrate(arguments) => database::migrate(&arguments).await,
            Command::Import(arguments) => database::import(arguments).await,
            Command::Reseal(arguments) => keys::reseal::run(arguments).await,
            Command::Doctor(arguments) => doctor::run(arguments).await,
            Command::Erase(arguments) => erase::run(arguments).await,
            Command::Organisation(arguments) => database::organisation(arguments).await,
            Command::Receive(arguments) => receive::run(arguments).await,
            Command::Send(arguments) => send::run(arguments).await,
            Command::Token(arguments) => token::print(&arguments),
            Command::Openapi => answer::line(&process::openapi()?),
            Command::Healthcheck(arguments) => healthcheck::run(&arguments).await,
        }
    });
    // A call to a database that does not answer must not hold the exit.
    runtime.shutdown_background();
    done
}
