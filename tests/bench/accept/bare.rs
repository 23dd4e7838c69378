//! The control: pgbench runs a bare transaction of the rows that the API writes for an export,
//! prepared, with as many connections as there are clients, in the same database.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{PEOPLE, WEBHOOKS};
use crate::latency::Samples;
use crate::postgres::Database;
use crate::tenants::ORGANISATIONS;

/// Transactions of each connection that do not count: the API's connections are warm, these
/// are new, and their first transactions prepare statements and fill caches.
const WARM_UP: u32 = 4;

/// What pgbench saw.
pub struct Ran {
    /// Transactions a second.
    pub rate: f64,
    /// How long each took.
    pub samples: Samples,
}

/// What the transactions of one database are made of.
pub struct Bare {
    database: Database,
    /// What the script calls `:name`.
    values: Vec<(String, String)>,
    /// Whether the schema has audit events.
    audited: bool,
}

impl Bare {
    /// Of an export that the API has accepted in this database under an idempotency key.
    pub fn like_the_last_export(database: &Database) -> Self {
        let values = database.sql(include_str!("bare/values.sql"));
        let values: BTreeMap<String, String> =
            serde_json::from_str(&values).expect("an accepted export");
        let numbers = [
            ("webhooks", WEBHOOKS.end),
            ("organisations", ORGANISATIONS),
            ("people", PEOPLE as u32),
            ("turn", 0),
        ];
        let numbers = numbers.map(|(name, value)| (name.to_owned(), value.to_string()));
        let audited = database.sql("SELECT to_regclass('audit_events') IS NOT NULL").trim() == "t";
        Self {
            database: database.clone(),
            values: values.into_iter().chain(numbers).collect(),
            audited,
        }
    }

    /// Runs so many transactions.
    pub fn run(&self, (clients, exports): (u32, u32), keyed: bool) -> Ran {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("script.sql"), self.script(keyed)).expect("a script");
        let mut pgbench = Command::new("pgbench");
        pgbench.current_dir(&folder);
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--file=script.sql", "--log"]);
        let numbers = [
            ("client", clients.to_string()),
            ("jobs", clients.min(2).to_string()),
            ("transactions", (exports / clients).to_string()),
        ];
        pgbench.args(numbers.map(|(name, value)| format!("--{name}={value}")));
        pgbench.arg(format!("--define=clients={clients}"));
        for (name, value) in &self.values {
            pgbench.arg(format!("--define={name}={value}"));
        }
        // As the API's own sessions.
        pgbench.env("PGOPTIONS", "-c jit=off -c timezone=UTC").arg(&self.database.url);
        let output = pgbench.output().expect("pgbench is installed");
        let (told, complaints) = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .into();
        let processed = format!("processed: {exports}/{exports}\n");
        assert!(output.status.success() && told.contains(&processed), "{told}{complaints}");
        let mut done = logged(folder.path());
        assert_eq!(done.len(), exports as usize, "pgbench logs each transaction");
        done.sort_unstable();
        let warm = done.split_off((clients * WARM_UP) as usize);
        let (first, last) = (warm[0].0, warm[warm.len() - 1].0);
        Ran {
            rate: (warm.len() - 1) as f64 / (last - first).as_secs_f64(),
            samples: Samples::new(warm.into_iter().map(|(_, took)| took)),
        }
    }

    /// The transaction: an export, its audit event where the schema has them, and the key.
    fn script(&self, keyed: bool) -> String {
        [
            include_str!("bare/export.sql"),
            if self.audited { include_str!("bare/audit_event.sql") } else { "" },
            if keyed { include_str!("bare/idempotency_key.sql") } else { "" },
            "COMMIT;\n",
        ]
        .concat()
    }
}

/// When each transaction ended, since 1970, and how long it took. What pgbench's threads wrote:
/// client, number, microseconds, script, and the end in seconds and microseconds.
fn logged(folder: &Path) -> Vec<(Duration, Duration)> {
    let entries =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    let logs = entries.filter(|path| path.extension().is_none_or(|extension| extension != "sql"));
    let logs: String = logs.map(|path| fs::read_to_string(path).expect("a log")).collect();
    let transaction = |line: &str| {
        let fields: Vec<u64> = line.split(' ').filter_map(|field| field.parse().ok()).collect();
        let [_, _, took, _, seconds, micros] = fields[..] else { return None };
        let ended = Duration::from_secs(seconds) + Duration::from_micros(micros);
        Some((ended, Duration::from_micros(took)))
    };
    logs.lines().filter_map(transaction).collect()
}
