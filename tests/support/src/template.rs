//! What every world begins with: the schema, two organisations, and some people in them.

use std::path::Path;

use uuid::Uuid;

use crate::people;
use crate::process::{Env, Process};
use crate::settings;
use crate::world::{self, Organisation};

/// The ids that the template's organisations got.
#[derive(Debug, Clone)]
pub struct Template {
    /// Northwind: vacancies V-1 (30 people), V-2 (2 people) and the unexportable ones in V-3.
    pub northwind: String,
    /// Contoso: vacancy V-1 with 5 people of its own.
    pub contoso: String,
}

/// Migrates an empty database and fills it.
pub(crate) async fn fill(binary: &Path, database_url: &str) -> Template {
    let env = settings::of_database(database_url);
    run(binary, &["migrate"], &env).await;
    let northwind = id_in(&run(binary, &["organisation", "add", "Northwind"], &env).await);
    let contoso = id_in(&run(binary, &["organisation", "add", "Contoso"], &env).await);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let env = settings::of_world(database_url, folder.path());
    let mut api = world::Api::start(binary, &env).await;
    let organisation = |id: &str| Organisation::new(&api.anonymous(), id.to_owned());
    import(
        &organisation(&northwind),
        &[
            people::vacancy_with_people("V-1", 0..30),
            people::vacancy_with_people("V-2", 30..32),
            people::unexportable("V-3", 40),
        ],
    )
    .await;
    import(&organisation(&contoso), &[people::vacancy_with_people("V-1", 0..5)]).await;
    api.process.kill().await;
    Template { northwind, contoso }
}

/// Runs a command of the binary to its end, which must be a good one.
pub async fn run(binary: &Path, arguments: &[&str], env: &Env) -> String {
    let finished = Process::start("command", binary, arguments, env).finished().await;
    assert!(finished.status.success(), "{arguments:?}: {}", finished.output);
    finished.output
}

async fn import(organisation: &Organisation, parts: &[Vec<serde_json::Value>]) {
    organisation.import(&people::ndjson(&parts.concat())).await.expect(200);
}

fn id_in(output: &str) -> String {
    let words = output.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    let id = words.filter_map(|word| Uuid::parse_str(word).ok()).next();
    id.unwrap_or_else(|| panic!("no id in {output}")).to_string()
}
