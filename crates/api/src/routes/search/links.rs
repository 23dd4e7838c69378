//! Where to look next: operations of this API, for whoever reads the card.

use std::fmt::Display;

use chrono::SecondsFormat;
use domain::role::Role;
use domain::search::Window;
use url::form_urlencoded::Serializer;

use super::CardLink;

/// One place.
pub(super) fn link(label: &'static str, href: impl Into<String>) -> CardLink {
    CardLink { label, href: href.into() }
}

/// A list with filters.
pub(super) fn list(label: &'static str, path: &str, filters: &[(&str, &dyn Display)]) -> CardLink {
    let mut query = Serializer::new(String::new());
    for (name, value) in filters {
        query.append_pair(name, &value.to_string());
    }
    link(label, format!("{path}?{}", query.finish()))
}

/// Exports and attempts by one filter, on the day that was asked for; without one all exports, and the
/// attempts that the log shows by itself.
pub(super) fn both(filter: (&str, &dyn Display), window: &Window) -> [CardLink; 2] {
    let lists =
        [("Its exports, newest first", "/v1/exports"), ("Each try to send them", "/v1/attempts")];
    lists.map(|(label, path)| on_the_day(label, path, filter, window))
}

/// A list by one filter, on the day that was asked for.
pub(super) fn on_the_day(
    label: &'static str,
    path: &str,
    filter: (&str, &dyn Display),
    window: &Window,
) -> CardLink {
    let day = window.day.then(|| {
        let text =
            |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        (text(window.from), text(window.to))
    });
    let mut filters = vec![filter];
    if let Some((from, to)) = &day {
        filters.extend([("from", from as &dyn Display), ("to", to)]);
    }
    list(label, path, &filters)
}

/// What there is of an export.
pub(super) fn of_export(id: &impl Display, role: Role) -> Vec<CardLink> {
    let mut links = vec![
        link("The export", format!("/v1/exports/{id}")),
        link("Each try to send it", format!("/v1/exports/{id}/attempts")),
        link("A signed proof of what became of it", format!("/v1/exports/{id}/receipt")),
    ];
    if role != Role::Support {
        links.push(link("Who is in it", format!("/v1/exports/{id}/people")));
    }
    links
}
