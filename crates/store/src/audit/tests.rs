//! Every way to ask for the audit is a statement that Postgres takes.

use chrono::Utc;
use domain::actor::{Actor, Scope};
use domain::audit::{Action, ObjectType};
use domain::id::{AuditEventId, OrganisationId};
use uuid::Uuid;

use super::list::{AuditFilter, Row, Wanted};
use crate::statement::check::{Choice, composed};

#[test]
fn every_way_to_ask_is_a_statement() {
    let organisation = OrganisationId::from(Uuid::from_u128(1));
    let scopes = [Scope::Organisation(organisation), Scope::All];
    let askers = scopes.map(|scope| Actor::system("ada", scope));
    let filters: Vec<_> = Choice::each_of(8).map(filter).collect();
    let wanted = askers.iter().flat_map(|actor| {
        filters.iter().flat_map(move |(filter, actors, after)| {
            [false, true].map(|busy| {
                let (actors, after, limit) = (actors.as_deref(), *after, 50);
                Wanted { actor, filter, actors, busy, after, limit }
            })
        })
    });
    let statements = wanted.map(|wanted| {
        let Wanted { actor, filter, actors, busy, after, .. } = wanted;
        (format!("{:?} {filter:?} {actors:?} {busy} {after:?}", actor.scope), wanted.statement())
    });
    composed(statements, Row::columns);
}

fn filter(mut choice: Choice) -> (AuditFilter, Option<Vec<String>>, Option<AuditEventId>) {
    let id = Uuid::from_u128(2);
    let rare = vec![Action::WebhookDeleted, Action::WebhookCreated];
    let common = vec![Action::ExportRequested, Action::WebhookCreated];
    let filter = AuditFilter {
        actor: None,
        actions: choice.of(rare).or(choice.of(common)).unwrap_or_default(),
        object_type: choice.of(ObjectType::Webhook),
        object: choice.of(id),
        from: choice.of(Utc::now()),
        to: choice.of(Utc::now()),
    };
    let actors = choice.of(vec!["ada".to_owned(), "ben".to_owned()]);
    (filter, actors, choice.of(AuditEventId::from(id)))
}
