//! A receipt to print: one page, with what was signed at its foot.

use std::fmt::{Display, Write};
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::export::ExportStatus;
use sha2::{Digest, Sha256};

use super::text::Text;
use super::{Receipt, ReceiptAttempt, SignedReceipt};

/// How pages to print look.
pub(crate) const STYLE: &str = include_str!("page.css");
/// Attempts that fit on a page; what was signed has all of them.
const SHOWN: usize = 10;
/// Characters of what was signed that fit below them.
const SIGNED: usize = 5_200;

/// What a browser may do with the page: use its style, and nothing else.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'")
});

/// The page.
pub(crate) fn page(signed: &SignedReceipt) -> String {
    let receipt = &signed.receipt;
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Receipt {id}</title><style>{STYLE}</style></head>\n<body>\n\
         <h1>Receipt</h1>\n<p>{explanation}</p>\n",
        id = receipt.export_id,
        explanation = Text(&receipt.explanation),
    );
    facts(&mut page, receipt);
    attempts(&mut page, receipt);
    signature(&mut page, signed);
    page.push_str("</body>\n</html>\n");
    page
}

fn facts(page: &mut String, receipt: &Receipt) {
    page.push_str("<table>\n");
    row(
        page,
        "Organisation",
        &format_args!("{} ({})", receipt.organisation.name, receipt.organisation.id),
    );
    row(page, "Export", &receipt.export_id);
    if let Some(from) = receipt.resent_from {
        row(page, "Derived from", &from);
    }
    row(page, "Sent to", &receipt.host);
    row(page, "Candidates", &receipt.candidate_count);
    row(page, "Asked for", &time(receipt.requested_at));
    row(page, "Stands at", &format_args!("{}{}", status(receipt.status), finished(receipt)));
    if let Some(at) = receipt.first_accepted_at {
        row(page, "First accepted", &time(at));
    }
    row(page, "Request body", &format_args!("{} bytes", receipt.payload_bytes));
    row(page, "SHA-256 of it", &receipt.payload_sha256);
    let issued = DateTime::from_timestamp(receipt.iat, 0).map_or_else(String::new, time);
    row(page, "Issued", &issued);
    page.push_str("</table>\n");
}

fn row(page: &mut String, name: &str, value: &impl Display) {
    // Writing to memory cannot fail.
    let _ = writeln!(page, "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>", Text(value));
}

fn attempts(page: &mut String, receipt: &Receipt) {
    let (shown, count) = (receipt.attempts.len().min(SHOWN), receipt.attempt_count);
    let skipped = receipt.attempts.len() - shown;
    let caption = match (count, skipped) {
        (0, _) => "Nothing was sent yet".to_owned(),
        (_, 0) => format!("Attempts: {count}"),
        (_, _) => format!("Attempts: {count}, the last {shown} of them"),
    };
    let _ = writeln!(page, "<table class=\"attempts\"><caption>{caption}</caption>");
    for attempt in &receipt.attempts[skipped..] {
        let ReceiptAttempt { id, attempt_number, started_at, .. } = attempt;
        let _ = writeln!(
            page,
            "<tr><td>{attempt_number}</td><td>{}</td><td>{}</td><td>{id}</td></tr>",
            time(*started_at),
            Text(outcome(attempt)),
        );
    }
    page.push_str("</table>\n");
}

fn outcome(attempt: &ReceiptAttempt) -> String {
    let outcome = attempt.outcome.map_or("under way", |outcome| outcome.as_str());
    let status = attempt.http_status.map(|status| format!(" ({status})")).unwrap_or_default();
    let late = attempt.late_outcome.map(|late| format!(", later known as {}", late.as_str()));
    let ambiguous = if attempt.ambiguous { ", may have arrived" } else { "" };
    format!("{outcome}{status}{ambiguous}{}", late.unwrap_or_default())
}

fn signature(page: &mut String, signed: &SignedReceipt) {
    let keys = signed.keys;
    if signed.jws.len() > SIGNED {
        let _ = writeln!(
            page,
            "<p>The signed form is too long for a page: keep the <code>jws</code> of the receipt as \
             JSON; the keys of this installation at <code>{keys}</code> verify it.</p>"
        );
        return;
    }
    let _ = writeln!(
        page,
        "<p>Signed (JWS, EdDSA); the keys of this installation at <code>{keys}</code> verify it:</p>\n\
         <p class=\"jws\">{}</p>",
        Text(&signed.jws)
    );
}

fn finished(receipt: &Receipt) -> String {
    receipt.finished_at.map(|at| format!(", {}", time(at))).unwrap_or_default()
}

fn status(status: ExportStatus) -> &'static str {
    match status {
        ExportStatus::Queued => "waiting to be sent",
        ExportStatus::Delivering => "sending now",
        ExportStatus::Retrying => "trying again",
        ExportStatus::Delivered => "accepted",
        ExportStatus::Failed => "not delivered",
        ExportStatus::Cancelled => "cancelled",
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use domain::export::ExportType;
    use domain::outcome::Outcome;
    use uuid::Uuid;

    use super::*;
    use crate::receipt::ReceiptOrganisation;

    fn signed(attempts: u32, name: &str) -> SignedReceipt {
        let at = DateTime::from_timestamp(1_795_615_200, 0).expect("a time");
        let attempt = |number: u32| ReceiptAttempt {
            id: Uuid::from_u128(number.into()).into(),
            attempt_number: number,
            started_at: at,
            duration_ms: Some(12),
            outcome: Some(Outcome::Http5xx),
            http_status: Some(503),
            ambiguous: false,
            request_bytes_sent: 1,
            late_outcome: None,
        };
        let receipt = Receipt {
            iss: "talentATS Webhooks",
            iat: at.timestamp(),
            export_id: Uuid::from_u128(1).into(),
            organisation: ReceiptOrganisation { id: Uuid::from_u128(2).into(), name: name.into() },
            webhook_id: Uuid::from_u128(3).into(),
            host: "hooks.example.com".to_owned(),
            kind: ExportType::Candidates,
            requested_at: at,
            candidate_count: 2,
            payload_bytes: 3,
            payload_sha256: "00".repeat(32),
            status: ExportStatus::Failed,
            finished_at: Some(at),
            ended_by: None,
            outcome: Some(Outcome::Http5xx),
            ambiguous: false,
            first_accepted_at: None,
            explanation: "It did not arrive.".to_owned(),
            resent_from: None,
            attempt_count: attempts,
            attempts: (1..=attempts).map(attempt).collect(),
        };
        let jws = "x".repeat(500 + 250 * attempts as usize);
        SignedReceipt { receipt, jws, keys: "/keys" }
    }

    #[test]
    fn what_is_too_much_for_a_page_is_left_to_what_was_signed() {
        let rows = |page: &str| page.matches("http_5xx (503)").count();
        let (few, many) = (page(&signed(2, "A")), page(&signed(40, "A")));
        assert_eq!((rows(&few), rows(&many)), (2, SHOWN));
        assert!(few.contains("Attempts: 2<") && few.contains("xxx"), "{few}");
        assert!(many.contains("Attempts: 40, the last 10 of them"), "{many}");
        assert!(!many.contains("xxx") && many.contains("too long for a page"), "{many}");
    }

    #[test]
    fn names_are_no_markup() {
        let page = page(&signed(0, "<b>A & B</b>"));
        assert!(page.contains("&lt;b&gt;A &amp; B&lt;/b&gt;"), "{page}");
        assert!(page.contains("Nothing was sent yet"), "{page}");
    }
}
