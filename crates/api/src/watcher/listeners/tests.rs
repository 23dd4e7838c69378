//! What is kept for those who listen.

use domain::id::OrganisationId;
use uuid::Uuid;

use super::*;

fn slot(subject: Subject) -> Arc<Slot> {
    let (news, last, wake) = (Mutex::default(), Mutex::default(), Notify::new());
    Arc::new(Slot { subject, news, last, wake })
}

/// A listener to all, and one to an export.
fn both() -> (Listeners, ExportId) {
    let mut listeners = Listeners::default();
    let all = slot(Subject::All { organisation: None, own: None, member: None });
    listeners.of_all.insert(1, all);
    let export = ExportId::from(Uuid::from_u128(7));
    listeners.of_one.entry(export).or_default().insert(2, slot(Subject::Export(export)));
    (listeners, export)
}

fn changes(second: i64, statuses: &[(ExportId, ExportStatus)]) -> Changes {
    let at = chrono::DateTime::from_timestamp(second, 0).expect("a time");
    let exports = statuses.iter().map(|(export_id, status)| Standing {
        organisation_id: Uuid::from_u128(1).into(),
        export_id: *export_id,
        requested_by_id: "auth0|rosa".to_owned(),
        status: *status,
        attempt_count: 1,
    });
    Changes { at, exports: exports.collect(), on_the_wire: Vec::new() }
}

/// Asks as the watcher does, and tells the answer.
fn ask(listeners: &mut Listeners, course: &mut Course, in_haste: bool, found: &Changes) -> Asked {
    let asked = listeners.question(course, in_haste).expect("somebody listens");
    course.asked(&asked, found.at);
    listeners.tell(&asked, found, &mut course.told);
    asked
}

#[test]
fn what_was_on_the_wire_before_is_asked_for_until_it_has_come_back() {
    let (mut listeners, of_one) = both();
    let mut course = Course::default();
    let long = ExportId::from(Uuid::from_u128(8));
    let first = listeners.question(&course, false).expect("somebody listens");
    assert!(first.on_the_wire && !first.long_tries, "{first:?}");
    let mut found = changes(1, &[]);
    found.on_the_wire = vec![(long, 1)];
    ask(&mut listeners, &mut course, false, &found);
    assert_eq!(listeners.whole_at, 0, "tries may have failed just before");
    let second = ask(&mut listeners, &mut course, false, &changes(2, &[]));
    assert!(second.long_tries && !second.on_the_wire, "{second:?}");
    assert!(second.exports.contains(&long));
    assert_eq!(listeners.whole_at, 2_000_000);
    let third = ask(&mut listeners, &mut course, true, &changes(3, &[]));
    assert!(third.in_haste && third.since.is_some(), "{third:?}");
    assert!(third.exports.contains(&long) && third.exports.contains(&of_one), "in haste, too");
    assert_eq!(listeners.whole_at, 2_000_000, "not everything was asked");
    assert!(listeners.of_all[&1].news().events.is_empty(), "nothing of this is news");
    let failed = changes(4, &[(long, ExportStatus::Retrying)]);
    let fourth = ask(&mut listeners, &mut course, true, &failed);
    assert!(!fourth.on_the_wire && !fourth.long_tries, "{fourth:?}");
    assert_eq!(listeners.of_all[&1].news().events.len(), 1);
    let fifth = listeners.question(&course, false).expect("somebody listens");
    assert!(!fifth.exports.contains(&long), "it is not on the wire any more");
    // Nobody listened for a while: what is known is old.
    listeners.of_all.clear();
    ask(&mut listeners, &mut course, false, &changes(5, &[]));
    listeners.of_all.insert(3, slot(Subject::All { organisation: None, own: None, member: None }));
    assert!(listeners.question(&course, false).expect("somebody listens").on_the_wire);
}

#[tokio::test]
async fn who_listens_reads_anew_after_the_watcher_broke() {
    let breaks = tokio::spawn(async { panic!("as a bug would") });
    assert!(crate::watcher::supervised(breaks).await);
    assert!(!crate::watcher::supervised(tokio::spawn(async {})).await);
    let (listeners, _) = both();
    listeners.fall_behind();
    let slot = &listeners.of_all[&1];
    slot.wake.notified().await;
    assert!(slot.news().behind);
}

#[test]
fn a_notification_is_told_to_its_member_alone_and_once() {
    let [mine, other] = [1, 2].map(|number| OrganisationId::from(Uuid::from_u128(number)));
    let listener = |organisation, member: Option<&str>| {
        let member = member.map(ToOwned::to_owned);
        slot(Subject::All { organisation, own: None, member })
    };
    let mut listeners = Listeners::default();
    assert!(!listeners.may_be_notified());
    listeners.of_all.insert(1, listener(Some(mine), Some("rosa")));
    listeners.of_all.insert(2, listener(Some(mine), Some("ada")));
    listeners.of_all.insert(3, listener(Some(other), Some("rosa")));
    // A key of that name, and support.
    listeners.of_all.insert(4, listener(Some(mine), None));
    listeners.of_all.insert(5, listener(None, None));
    assert!(listeners.may_be_notified());
    let told = Since {
        organisation_id: mine,
        member_id: "rosa".to_owned(),
        id: Uuid::from_u128(7).into(),
        kind: domain::notification::NotificationKind::ExportFailed,
        export_id: Some(Uuid::from_u128(8).into()),
        webhook_id: Uuid::from_u128(9).into(),
    };
    let mut course = Course::default();
    let fresh = course.fresh(vec![told.clone()]);
    assert_eq!(listeners.notify(fresh.iter()), 1);
    let heard = |number| listeners.of_all[&number].news().notifications.len();
    assert_eq!([1, 2, 3, 4, 5].map(heard), [1, 0, 0, 0, 0]);
    assert_eq!(course.fresh(vec![told]), [], "the next question looks back over it");
}
