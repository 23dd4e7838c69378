//! Demo data: two organisations with vacancies and invented people, added to an empty database.

use anyhow::{Context, bail};
use domain::actor::Scope;
use store::organisations::{self, Organisation};
use uuid::Uuid;

use super::settings::Settings;
use crate::answer;
use crate::database::{load, operator, with};

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
    let mut known = with(url, |conn| organisations::list(conn, &operator(Scope::All))).await?;
    let empty = known.is_empty();
    for (name, lines) in ORGANISATIONS {
        if known.len() >= ORGANISATIONS.len() {
            break;
        }
        let added =
            with(url, move |conn| organisations::add(conn, &operator(Scope::All), name)).await?;
        let Ok(added) = added else { continue };
        if filled && empty {
            let told = load(url, added.id, None, lines.as_bytes()).await;
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{ORGANISATIONS, VACANCY};

    /// Numbers that no one can have: set aside for drama and documents by their countries.
    const RESERVED: [&str; 15] = [
        "441134960",
        "442079460",
        "447700900",
        "01134960",
        "0044113496",
        "49302312",
        "490302312",
        "498999998",
        "33199",
        "33639",
        "35320",
        "4670174",
        "61370",
        "1",
        "001",
    ];

    fn objects(kind: &str) -> Vec<Value> {
        let lines = ORGANISATIONS.iter().flat_map(|(_, lines)| lines.lines());
        let parsed = lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        parsed.filter(|object| object["kind"] == kind).collect()
    }

    fn digits(text: &str) -> String {
        text.chars().filter(char::is_ascii_digit).collect()
    }

    #[test]
    fn people_are_invented_and_out_of_reach() {
        let people = objects("candidate");
        assert_eq!(people.len(), 300);
        for person in people {
            let points =
                |name: &str| person["contact"][name].as_array().cloned().unwrap_or_default();
            for email in
                points("emails").iter().map(|point| &point["value"]).chain([&person["email"]])
            {
                let domain = email.as_str().and_then(|email| email.rsplit('@').next());
                let domain = domain.unwrap_or("example.com");
                let ours = ["example.com", "example.org", "example.net"];
                assert!(ours.iter().any(|known| domain.ends_with(known)), "{domain}");
            }
            for phone in
                points("phones").iter().map(|point| &point["value"]).chain([&person["phone"]])
            {
                let phone = digits(phone.as_str().unwrap_or("+44 113 496 0000"));
                let american = phone.starts_with('1') || phone.starts_with("001");
                assert!(!american || phone.contains("55501"), "{phone}");
                assert!(RESERVED.iter().any(|range| phone.starts_with(range)), "{phone}");
            }
        }
    }

    #[test]
    fn the_walk_finds_people_who_may_be_exported() {
        let vacancies = objects("vacancy");
        assert_eq!(vacancies.len(), 10);
        assert!(vacancies.iter().any(|vacancy| vacancy["reference"] == VACANCY));
        let wanted = |application: &&Value| {
            application["vacancy"] == VACANCY && application["stage"] == "Shortlisted"
        };
        let applications = objects("application");
        let listed: Vec<_> = applications.iter().filter(wanted).collect();
        assert!((5..=50).contains(&listed.len()), "{}", listed.len());
        assert!(listed.iter().all(|application| application["status"] == "active"));
        let restricted = objects("candidate").into_iter().filter(|one| one["restricted"] == true);
        let restricted: Vec<_> = restricted.map(|one| one["reference"].clone()).collect();
        assert!(listed.iter().all(|application| !restricted.contains(&application["candidate"])));
    }
}
