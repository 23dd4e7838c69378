//! Demo data: two organisations with vacancies and invented people, added to an empty database.

use anyhow::{Context, bail};
use store::organisations::{self, Organisation};
use uuid::Uuid;

use super::settings::Settings;
use crate::answer;
use crate::database::{load, with};

/// Reference of the vacancy that the walk exports from.
pub(crate) const VACANCY: &str = "ENG-042";

/// Names of the organisations and what is imported for them.
const ORGANISATIONS: [(&str, &str); 2] = [
    ("Northwind", include_str!("../../demo/northwind.ndjson")),
    ("Fabrikam", include_str!("../../demo/fabrikam.ndjson")),
];

/// The two organisations that tokens are for: those of the last start, else any that are there,
/// else new ones, with people in them if `filled`.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn organisations(
    url: &str,
    settings: &mut Settings,
    filled: bool,
) -> anyhow::Result<[Organisation; 2]> {
    let mut known = with(url, organisations::list).await?;
    let empty = known.is_empty();
    for (name, lines) in ORGANISATIONS {
        if known.len() >= ORGANISATIONS.len() {
            break;
        }
        let added = with(url, move |conn| organisations::add(conn, name)).await?;
        let Ok(added) = added else { continue };
        if filled && empty {
            let told = load(url, added.id, lines.as_bytes()).await;
            let told = told.with_context(|| format!("the demo data of {name}"))?;
            answer::line(&format!("{name}: {told}"))?;
        }
        known.push(added);
    }
    let rank = |one: &Organisation| {
        let id = Uuid::from(one.id);
        settings.organisations.iter().position(|known| *known == id).unwrap_or(usize::MAX)
    };
    known.sort_by_key(rank);
    let [first, second, ..] = known.as_slice() else {
        bail!("the demo organisations could not be added: start again");
    };
    let first_two = [first.clone(), second.clone()];
    settings.organisations = first_two.iter().map(|one| Uuid::from(one.id)).collect();
    Ok(first_two)
}
