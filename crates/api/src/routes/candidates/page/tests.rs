//! Tests of `page`.

use uuid::Uuid;

use super::*;

#[test]
fn names_are_no_markup() {
    let at = DateTime::from_timestamp(1_795_615_200, 0).expect("a time");
    let receiver = store::candidates::Receiver {
        webhook_id: Uuid::from_u128(1).into(),
        webhook_name: "<b>CRM</b>".to_owned(),
        webhook_deleted_at: None,
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
    assert!(page.contains("may have got the data") && page.contains("There are more"), "{page}");
}
