//! Cursors, whatever a client makes of them.

use domain::role::Role;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::auth::Member;

/// What cursors carry: an id, or an id and what it is sorted by.
type Position = (i64, Uuid);

fn caller(subject: &str, role: Role, organisation: u128) -> Caller {
    let member = Member {
        issuer: "https://id.example.com".to_owned(),
        subject: subject.to_owned(),
        name: None,
        email: None,
        role,
        organisation: Some(Uuid::from_u128(organisation).into()),
    };
    Caller {
        role: member.role,
        idempotency_scope: member.idempotency_scope(),
        patience: crate::wait::Patience::default(),
        actor: std::sync::Arc::new(member.into_actor(None)),
    }
}

fn listing(name: &str, filter: &serde_json::Value) -> Listing {
    Listing::new(name, &caller("ann", Role::OrgAdmin, 1), filter).expect("JSON")
}

fn exports() -> Listing {
    listing("exports", &json!({"status": "failed", "limit": 50}))
}

fn position() -> impl Strategy<Value = Position> {
    (any::<i64>(), any::<u128>()).prop_map(|(at, id)| (at, Uuid::from_u128(id)))
}

fn refused(listing: &Listing, cursor: &str) -> bool {
    let read = listing.position::<Position>(Some(cursor));
    read.is_err_and(|problem| problem.kind() == Kind::CursorMismatch)
}

proptest! {
    #[test]
    fn a_cursor_continues_the_list_that_it_came_from(position in position(), limit in 1..200_u32) {
        let cursor = exports().cursor(&position);
        prop_assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        // Pages may differ in length, and the cursor is part of the next query.
        let next = listing("exports", &json!({"status": "failed", "limit": limit, "cursor": cursor}));
        prop_assert_eq!(next.position(Some(&cursor)).ok().flatten(), Some(position));
    }

    #[test]
    fn no_other_list_takes_it(position in position(), other in "[a-z]{0,9}", number in any::<u128>()) {
        let cursor = exports().cursor(&position);
        prop_assume!(other != "failed" && other != "exports" && other != "ann" && number != 1);
        let filter = json!({"status": "failed"});
        let by = |caller: Caller| Listing::new("exports", &caller, &filter).expect("JSON");
        for other in [
            listing(&other, &filter),
            listing("exports", &json!({"status": other})),
            listing("exports", &json!({"status": "failed", "webhook_id": other})),
            by(caller("ann", Role::OrgAdmin, number)),
            by(caller("ann", Role::Support, 1)),
            by(caller("ann", Role::Recruiter, 1)),
        ] {
            prop_assert!(refused(&other, &cursor));
        }
        // Recruiters see their own: one's cursor is not the other's.
        let ann = by(caller("ann", Role::Recruiter, 1)).cursor(&position);
        prop_assert!(refused(&by(caller(&other, Role::Recruiter, 1)), &ann));
    }

    #[test]
    fn what_is_no_cursor_is_refused(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        for text in [text, URL_SAFE_NO_PAD.encode(bytes)] {
            prop_assert!(refused(&exports(), &text), "{:?}", text);
        }
    }

    #[test]
    fn a_cursor_that_was_cut_or_lengthened_leads_nowhere_else(position in position(), at in any::<Index>(), more in "[A-Za-z0-9_=+/ -]{1,8}") {
        let cursor = exports().cursor(&position);
        prop_assert!(refused(&exports(), &cursor[..at.index(cursor.len())]));
        for longer in [format!("{cursor}{more}"), format!("{more}{cursor}")] {
            // What was added may be white space to JSON.
            let read = exports().position::<Position>(Some(&longer));
            prop_assert!(read.is_err() || read.is_ok_and(|read| read == Some(position)), "{}", longer);
        }
    }

    #[test]
    fn a_changed_cursor_is_refused_or_leads_elsewhere_in_the_same_list(position in position(), at in any::<Index>(), char in "[A-Za-z0-9_-]") {
        let cursor = exports().cursor(&position);
        let mut changed = cursor.clone();
        let at = at.index(cursor.len());
        changed.replace_range(at..=at, &char);
        match exports().position::<Position>(Some(&changed)) {
            Ok(read) => prop_assert!(read.is_some()),
            Err(problem) => prop_assert_eq!(problem.kind(), Kind::CursorMismatch),
        }
        let other = listing("exports", &json!({}));
        prop_assert!(refused(&other, &changed), "the fingerprint is not guessed");
    }
}
