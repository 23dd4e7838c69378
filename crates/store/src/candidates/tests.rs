//! Every way to look for people is a statement that Postgres takes.

use uuid::Uuid;

use super::{Asked, Row};
use crate::statement::check::composed;

#[test]
fn every_way_to_find_is_a_statement() {
    let asked =
        Asked { organisation: Uuid::nil(), q: "rosa o'brien", after: Uuid::nil(), limit: 50 };
    let statements = [
        ("by id".to_owned(), asked.by_id(Uuid::nil())),
        ("along".to_owned(), asked.along_all()),
        ("by letters".to_owned(), asked.by_letters(&[(1, 2), (3, 4)])),
        ("by reference".to_owned(), asked.by_letters(&[])),
    ];
    composed(statements.into_iter(), Row::columns);
}
