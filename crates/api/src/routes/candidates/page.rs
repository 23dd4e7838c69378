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
mod tests;
