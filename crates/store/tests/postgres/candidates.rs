//! People are found, page by page.

use serde_json::json;
use store::candidates::find;

use crate::erasure::three;
use crate::people::{candidate, import};

#[test]
fn others_with_the_same_address_are_told_by_reference() {
    let mut story = three();
    let mut twin = candidate(7);
    twin["email"] = json!("ADA2@example.com");
    let admin = story.world.admin.clone();
    import(&mut story.world.conn, &admin, &[twin]).expect("imported");
    let told_of = story.erase();
    let references: Vec<_> = told_of.same_email.iter().map(|(_, it)| it.as_deref()).collect();
    assert_eq!(references, [Some("C-7")]);
}

#[test]
fn people_are_found_by_words_and_by_reference_page_by_page() {
    let mut story = three();
    let admin = story.world.admin.clone();
    let conn = &mut story.world.conn;
    let mut found = |q: &str| {
        let page = find(conn, &admin, q, None, 50).expect("Postgres").items;
        page.into_iter().map(|it| (it.reference, it.applications, it.exports)).collect::<Vec<_>>()
    };
    let second = vec![("C-2".to_owned(), 1, 1)];
    assert_eq!(found("C-2"), second);
    assert_eq!(found("example 2 ÁDA"), second);
    assert_eq!(found("ada2@example.com"), second);
    assert_eq!(found("ada example").len(), 3);
    assert_eq!((found("nobody"), found("--")), (vec![], vec![]));
    let first = find(&mut story.world.conn, &admin, "ada", None, 2).expect("Postgres");
    let rest = find(&mut story.world.conn, &admin, "ada", first.next, 2).expect("Postgres");
    assert_eq!((first.items.len(), rest.items.len(), rest.next), (2, 1, None));
    let stranger = story.world.stranger.clone();
    let theirs = find(&mut story.world.conn, &stranger, "ada", None, 9).expect("Postgres");
    assert_eq!(theirs.items, []);
}
