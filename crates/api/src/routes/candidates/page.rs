//! Where a person's data went, to print: for whoever has to tell the receivers (GDPR Art. 19).

use std::fmt::Write;

use chrono::{DateTime, Utc};
use domain::id::CandidateId;
use store::candidates::Summary;

use super::exports::{CandidateExport, Certainty};
use crate::page::List;
use crate::receipt::{STYLE, Text};

/// The page: ids, hosts, times and words of closed sets, and nothing about the person.
pub(super) fn page(
    id: CandidateId,
    erased: Option<&Summary>,
    exports: &List<CandidateExport>,
    at: DateTime<Utc>,
) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Candidate {id}</title><style>{STYLE}</style></head>\n<body>\n\
         <h1>Where the data of a candidate went</h1>\n<table>\n"
    );
    row(&mut page, "Candidate", &id.to_string());
    if let Some(erased) = erased {
        row(&mut page, "Erased", &time(erased.erased_at));
        row(&mut page, "Applications erased", &erased.applications.to_string());
        row(&mut page, "Exports still to be cut", &erased.to_be_cut.to_string());
    }
    row(&mut page, "As of", &time(at));
    page.push_str("</table>\n");
    table(&mut page, exports);
    if exports.next_cursor.is_some() {
        page.push_str("<p>There are more: the list as JSON has all of them.</p>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn row(page: &mut String, name: &str, value: &str) {
    // Writing to memory cannot fail.
    let _ = writeln!(page, "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>", Text(value));
}

fn table(page: &mut String, exports: &List<CandidateExport>) {
    let caption = match exports.items.len() {
        0 => "No export carries this person".to_owned(),
        count => format!("Exports: {count}"),
    };
    let _ = writeln!(
        page,
        "<table><caption>{caption}</caption>\n<tr><th>Receiver</th><th>Export</th><th>Fields</th>\
         <th>First sent</th><th>Last sent</th><th>The receiver</th></tr>"
    );
    for export in &exports.items {
        let receiver = format!("{} ({})", export.host, export.webhook_name);
        let sent = |at: Option<DateTime<Utc>>| at.map_or_else(|| "–".to_owned(), time);
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            Text(receiver),
            export.export_id,
            Text(export.include.join(", ")),
            sent(export.first_at),
            sent(export.last_at),
            words(export.certainty),
        );
    }
    page.push_str("</table>\n");
}

fn words(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Sent => "got the data",
        Certainty::MayHaveBeenSent => "may have got the data",
        Certainty::BeingSentNow => "is being sent the data now",
        Certainty::Waiting => "has not got the data yet",
        Certainty::NotSent => "did not get the data",
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn names_are_no_markup() {
        let at = DateTime::from_timestamp(1_795_615_200, 0).expect("a time");
        let receiver = store::candidates::Receiver {
            webhook_id: Uuid::from_u128(1).into(),
            webhook_name: "<b>CRM</b>".to_owned(),
            host: "hooks.example.com".to_owned(),
            include: vec!["contact".to_owned()],
        };
        let export = store::candidates::Whereabouts {
            export_id: Uuid::from_u128(2).into(),
            application_id: Uuid::from_u128(3).into(),
            receiver,
            vacancy_id: None,
            requested_at: at,
            requested_by: domain::requester::Requester {
                kind: domain::requester::RequesterType::Member,
                id: "auth0|ada".to_owned(),
                name: None,
                email: None,
            },
            status: domain::export::ExportStatus::Failed,
            ended_by: None,
            resent_from: None,
            continued_as: None,
            attempts: 1,
            first_at: Some(at),
            last_at: None,
            certainty: store::candidates::Certainty::MayHaveBeenSent,
        };
        let items = vec![CandidateExport::from(export)];
        let list = List { items, next_cursor: Some("more".to_owned()) };
        let page = page(Uuid::from_u128(4).into(), None, &list, at);
        assert!(page.contains("&lt;b&gt;CRM&lt;/b&gt;"), "{page}");
        assert!(
            page.contains("may have got the data") && page.contains("There are more"),
            "{page}"
        );
    }
}
