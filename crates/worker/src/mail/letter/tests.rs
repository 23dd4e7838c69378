//! Mails as they go out.

use domain::actor::{Actor, ActorKind, Scope};
use domain::notification::NotificationKind;
use serde_json::json;
use uuid::Uuid;

use super::*;

fn letter() -> Letter {
    Letter {
        sender: Sender::parse("talentATS <no-reply@example.com>").expect("an address"),
        app_url: Some("https://app.example.com".to_owned()),
        contacts: Contacts::default(),
    }
}

fn at() -> DateTime<Utc> {
    "2026-11-27T14:05:00Z".parse().expect("an instant")
}

fn told(number: u128, kind: NotificationKind, webhook_name: &str) -> Notification {
    Notification {
        id: Uuid::from_u128(number).into(),
        kind,
        at: at(),
        seen_at: None,
        export_id: None,
        webhook_id: Uuid::from_u128(0xa).into(),
        webhook_name: Some(webhook_name.to_owned()),
        webhook_deleted_at: None,
        host: Some("hooks.example.com".to_owned()),
        facts: json!({ "reason": "gone", "failures_in_a_row": 5 }),
        export: None,
    }
}

fn mail(name: &str, email: &str, notifications: Vec<Notification>) -> Mail {
    let organisation = Uuid::from_u128(1).into();
    let mut kinds: Vec<_> = notifications.iter().map(|told| told.kind).collect();
    kinds.dedup();
    let member = Actor {
        kind: ActorKind::Member,
        id: "auth0|ada".to_owned(),
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        role: Some(Role::OrgAdmin),
        scope: Scope::Organisation(organisation),
        request_id: None,
    };
    Mail {
        id: Uuid::from_u128(7),
        organisation,
        member,
        made_at: at(),
        tries: 1,
        total: notifications.len() as u64,
        notifications,
        kinds,
    }
}

fn sent(mail: &Mail) -> String {
    let message = letter().to(mail, at()).expect("a mail");
    String::from_utf8(message.formatted()).expect("ASCII")
}

#[test]
fn a_mail_says_what_happened_what_to_do_and_where_to_look() {
    let notifications = vec![
        told(1, NotificationKind::WebhookFailing, "CRM"),
        told(2, NotificationKind::WebhookDisabled, "CRM"),
        told(3, NotificationKind::ExportFailed, "CRM"),
    ];
    let many = Mail { total: 315, ..mail("Ada", "ada@example.com", notifications) };
    insta::assert_snapshot!("text", letter().text(&many, "Ada", at()));
    let one = vec![told(1, NotificationKind::WebhookRecovered, "CRM")];
    let whole = sent(&mail("Ad\u{e4} \u{201c}Boss\u{201d}", "Ada@B\u{fc}cher.example", one));
    insta::assert_snapshot!("whole", whole.replace('\r', ""));
}

#[test]
fn nothing_that_people_write_becomes_a_header_or_a_line() {
    let evil = "X\r\nBcc: eve@example.com\r\n\r\nClick\u{2028}here";
    let whole =
        sent(&mail(evil, "ada@example.com", vec![told(1, NotificationKind::WebhookFailing, evil)]));
    let (head, body) = whole.split_once("\r\n\r\n").expect("head and body");
    for line in head.lines() {
        assert!(!line.starts_with("Bcc"), "{head}");
    }
    assert!(
        !body.lines().any(|line| line.starts_with("Bcc") || line.starts_with("Click")),
        "{body}"
    );
    for address in
        ["ada@example.com\r\nBcc: eve@example.com", "ada@example.com, eve@example.com", "", "ada"]
    {
        let mail = mail("Ada", address, vec![told(1, NotificationKind::WebhookFailing, "CRM")]);
        assert!(matches!(letter().to(&mail, at()), Err(Fault::Refused(_))), "{address}");
    }
}

#[test]
fn a_sender_is_one_address() {
    for good in
        ["no-reply@example.com", "talentATS <no-reply@example.com>", "\"A, B\" <a@b.example>"]
    {
        assert!(Sender::parse(good).is_ok(), "{good}");
    }
    for wrong in [
        "",
        "talentATS",
        "a@b.example, c@d.example",
        "<a@b.example> x",
        "a@b.example>",
        "A <a@b.example",
    ] {
        assert!(Sender::parse(wrong).is_err(), "{wrong}");
    }
}
