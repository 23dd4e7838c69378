//! Four organisations: a large one, two small ones, and one that is newer than the statistics.

use std::time::Instant;

use crate::options::Options;
use crate::postgres::Database;
use crate::tenants;

/// Webhooks of all organisations together, in turn.
const WEBHOOKS: u32 = 160;

/// How much of everything an organisation has.
struct Size {
    people: u32,
    /// Applications in its first vacancy.
    crowd: u32,
    /// Vacancies beside the first two.
    vacancies: u32,
    /// Exports that have ended.
    ended: u32,
    /// Exports that wait for their next try.
    parked: u32,
}

/// The last one comes after the statistics.
const SIZES: [(&str, Size); tenants::ORGANISATIONS as usize] = [
    (
        "large",
        Size { people: 200_000, crowd: 20_000, vacancies: 100, ended: 200_000, parked: 100_000 },
    ),
    ("small", Size { people: 2_000, crowd: 500, vacancies: 10, ended: 2_000, parked: 200 }),
    ("tiny", Size { people: 40, crowd: 10, vacancies: 1, ended: 40, parked: 0 }),
    (
        "newcomer",
        Size { people: 20_000, crowd: 5_000, vacancies: 10, ended: 20_000, parked: 2_000 },
    ),
];

/// What can be asked for in an organisation: from what most is of to what little is of.
pub struct Organisation {
    /// In words.
    pub name: &'static str,
    /// Its id.
    pub id: String,
    /// Vacancies, the two that most applied for first.
    pub vacancies: Vec<String>,
    /// Webhooks.
    pub webhooks: Vec<String>,
    /// Hosts of them.
    pub hosts: Vec<String>,
    /// Exports.
    pub exports: Vec<String>,
}

/// Writes all of it.
pub fn fill(database: &Database, options: &Options) -> Vec<Organisation> {
    let started = Instant::now();
    // Statistics are gathered once, before the newcomer.
    database.sql("ALTER SYSTEM SET autovacuum = off");
    database.sql("SELECT pg_reload_conf()");
    let host = |n: u32| format!("http://127.0.0.1:9/hook-{n}");
    tenants::add_webhooks(database, 0..WEBHOOKS, host);
    database.sql(
        "UPDATE webhooks SET host = 'receiver-' || get_byte(url_hmac, 3) % 11 || '.example.com'",
    );
    let organisations = (0..).zip(&SIZES).map(|(number, (name, size))| {
        if number + 1 == tenants::ORGANISATIONS {
            database.settle();
        }
        write(database, number, size, options);
        organisation(database, name, number)
    });
    let organisations = organisations.collect();
    let rows = |table: &str| database.number(&format!("SELECT count(*) FROM {table}"));
    println!(
        "{} exports, {} of them in progress, {} candidates and applications of {} organisations, made in {:.0} s",
        rows("exports"),
        rows("export_jobs"),
        rows("applications"),
        SIZES.len(),
        started.elapsed().as_secs_f64()
    );
    organisations
}

fn write(database: &Database, number: u32, size: &Size, options: &Options) {
    let part = |rows: u32| options.amount(rows, rows.div_ceil(10)).to_string();
    for sql in [include_str!("seed/people.sql"), include_str!("seed/exports.sql")] {
        let sql = sql
            .replace("{organisation}", &tenants::organisation(number).to_string())
            .replace("{people}", &part(size.people))
            .replace("{crowd}", &part(size.crowd))
            .replace("{vacancies}", &size.vacancies.to_string())
            .replace("{ended}", &part(size.ended))
            .replace("{parked}", &part(size.parked));
        database.sql(&sql);
    }
}

fn organisation(database: &Database, name: &'static str, number: u32) -> Organisation {
    let id = tenants::organisation(number).to_string();
    let ids = |query: &str| -> Vec<String> {
        let rows = database.sql(&query.replace("{organisation}", &id));
        rows.lines().map(str::to_owned).collect()
    };
    let vacancies = ids(
        "SELECT id FROM vacancies WHERE organisation_id = '{organisation}' ORDER BY right(reference, -2)::int LIMIT 9",
    );
    let webhooks =
        ids("SELECT id FROM webhooks WHERE organisation_id = '{organisation}' ORDER BY id");
    let hosts = ids("SELECT DISTINCT host FROM webhooks WHERE organisation_id = '{organisation}'");
    let exports = ids(
        "SELECT id FROM exports WHERE organisation_id = '{organisation}' ORDER BY hashtext(id::text) LIMIT 50",
    );
    Organisation { name, id, vacancies, webhooks, hosts, exports }
}
