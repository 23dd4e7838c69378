//! `talentats erase`: `--list` tells who was erased; after a restore, `--replay` erases people again by such a
//! list, or by the lines that the API wrote of them.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, bail};
use domain::actor::Scope;
use domain::id::{CandidateId, OrganisationId};
use domain::sealing::{ReferenceKey, SealingKeys};
use secrecy::SecretString;
use serde_json::Value;
use store::candidates::{EraseRefusal, Named, Secrets};
use store::{Conn, StoreError};

use crate::cli::EraseArguments;
use crate::database::{operator, with};
use crate::{answer, keys};

/// What the API calls the line of an erasure.
const ERASED: &str = "candidate.erased";

/// Somebody who was erased.
type Person = (OrganisationId, CandidateId);

/// What became of the lines.
#[derive(Debug, Default, PartialEq, Eq)]
struct Replayed {
    erased: u64,
    not_there: u64,
    /// Numbers of lines, each with what is wrong.
    failed: Vec<String>,
}

/// Does what the arguments say.
///
/// # Errors
/// As [`replay`]; when Postgres is not there.
pub(crate) async fn run(arguments: EraseArguments) -> anyhow::Result<()> {
    let url = arguments.database.database_url;
    match (arguments.replay, arguments.secret_keys) {
        (Some(file), Some(keys)) => replay(&url, &file, &keys).await,
        _ => list(&url).await,
    }
}

/// One line each.
async fn list(url: &str) -> anyhow::Result<()> {
    let all = |conn: &mut Conn| store::candidates::all_erased(conn, &operator(Scope::All));
    let all = with(url, all).await?;
    all.iter().try_for_each(|(organisation, id)| answer::line(&format!("{organisation} {id}")))
}

/// Erases again whom the file names, as far as they are there, and tells how many. Each line is tried,
/// whatever became of the others.
///
/// # Errors
/// When the file cannot be read to its end, or a line could not be replayed: each is named by its number.
async fn replay(url: &str, file: &Path, secret_keys: &SecretString) -> anyhow::Result<()> {
    let keys = keys::parse(secret_keys)?;
    let input = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = people(BufReader::new(input))
        .with_context(|| format!("cannot read {} to its end", file.display()))?;
    let Replayed { erased, not_there, failed } =
        with(url, move |conn| Ok(erase_all(conn, &keys, lines))).await?;
    answer::line(&format!("erased {erased}; {not_there} were not there"))?;
    if failed.is_empty() {
        return Ok(());
    }
    let lines = match failed.len() {
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    };
    bail!("{lines} could not be replayed; correct them and run this again:\n{}", failed.join("\n"))
}

fn erase_all(
    conn: &mut Conn,
    keys: &SealingKeys,
    lines: Vec<(u64, Result<Person, &'static str>)>,
) -> Replayed {
    let mut replayed = Replayed::default();
    for (number, line) in lines {
        let failure = match line.map(|person| erase(conn, keys, person)) {
            Ok(Ok(Ok(()))) => {
                replayed.erased += 1;
                continue;
            }
            Ok(Ok(Err(EraseRefusal::Unknown))) => {
                replayed.not_there += 1;
                continue;
            }
            Ok(Ok(Err(_))) => "an import of the organisation is running".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(words) => words.to_owned(),
        };
        replayed.failed.push(format!("line {number}: {failure}"));
    }
    replayed
}

fn erase(
    conn: &mut Conn,
    keys: &SealingKeys,
    (organisation, candidate): Person,
) -> Result<Result<(), EraseRefusal>, StoreError> {
    let fresh = ReferenceKey::from_random(rand::random());
    let fresh = fresh.seal(keys, organisation, rand::random());
    let actor = operator(Scope::Organisation(organisation));
    let named = Named::Id(candidate);
    let erased = store::candidates::erase(conn, &actor, &named, &Secrets { keys, fresh }, None)?;
    Ok(erased.map(|_| ()))
}

/// Lines that name somebody, or should.
fn people(input: impl BufRead) -> std::io::Result<Vec<(u64, Result<Person, &'static str>)>> {
    let mut people = Vec::new();
    for (number, line) in (1..).zip(input.split(b'\n')) {
        let line = line?;
        match std::str::from_utf8(&line).map_err(|_| "is not UTF-8").and_then(person) {
            Ok(None) => {}
            Ok(Some(person)) => people.push((number, Ok(person))),
            Err(words) => people.push((number, Err(words))),
        }
    }
    Ok(people)
}

/// Whom a line names; none for one that is about something else.
fn person(line: &str) -> Result<Option<Person>, &'static str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    if line.starts_with('{') {
        return logged(line);
    }
    if line.contains(ERASED) {
        let value = |name: &str| line.split_whitespace().find_map(|word| word.strip_prefix(name));
        return ids(value("organisation.id="), value("candidate.id=")).map(Some);
    }
    let mut words = line.split_whitespace();
    let person = ids(words.next(), words.next())?;
    if words.next().is_some() { Err(FORM) } else { Ok(Some(person)) }
}

const FORM: &str =
    "is neither a line of the log as JSON nor an organisation's and a candidate's id";

fn logged(line: &str) -> Result<Option<Person>, &'static str> {
    let line: Value = serde_json::from_str(line).map_err(|_| "is no JSON")?;
    if line["message"] != ERASED {
        return Ok(None);
    }
    ids(line["organisation.id"].as_str(), line["candidate.id"].as_str()).map(Some)
}

fn ids(organisation: Option<&str>, candidate: Option<&str>) -> Result<Person, &'static str> {
    let organisation = organisation.and_then(|id| id.parse().ok());
    organisation.zip(candidate.and_then(|id| id.parse().ok())).ok_or(FORM)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";
    const OTHER: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a12";

    #[test]
    fn lines_name_people_or_nobody_or_are_wrong() {
        let both = Some((ONE.parse().expect("an id"), OTHER.parse().expect("an id")));
        let logged = |message: &str| {
            serde_json::json!({
                "level": "INFO", "message": message, "organisation.id": ONE, "candidate.id": OTHER,
            })
            .to_string()
        };
        let text = format!(
            "2026-11-27T08:00:00Z  INFO {ERASED} organisation.id={ONE} candidate.id={OTHER}"
        );
        for (line, expected) in [
            (logged(ERASED), both),
            (text, both),
            (format!(" {ONE}\t{OTHER}\r"), both),
            (logged("started"), None),
            (String::new(), None),
            ("# since Monday".to_owned(), None),
        ] {
            assert_eq!(person(&line), Ok(expected), "{line}");
        }
        let broken = logged(ERASED).replace(OTHER, "C-1007");
        for line in [ONE, "Ada Example", &format!("{ONE} {OTHER} {ONE}"), "{", &broken] {
            assert!(person(line).is_err(), "{line}");
        }
    }
}
