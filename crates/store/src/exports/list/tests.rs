//! Every way to ask for exports is a statement that Postgres takes, and what is asked about a status
//! is what the status means.

use chrono::Utc;
use domain::actor::{Actor, Scope};
use domain::export::ExportStatus;
use domain::id::{ExportId, OrganisationId, VacancyId, WebhookId};
use uuid::Uuid;

use super::super::row::Row;
use super::walk::Walk;
use super::{DELETED, ExportFilter, Wanted, Way, condition, ended_condition};
use crate::filter::Named;
use crate::page::Count;
use crate::statement::check::{Choice, client, composed};

#[test]
fn every_way_to_ask_is_a_statement() {
    let organisation = OrganisationId::from(Uuid::from_u128(1));
    let scopes = [Scope::Own(organisation), Scope::Organisation(organisation), Scope::All];
    let actors = scopes.map(|scope| Actor::system("rosa", scope));
    let several = [vec![], ExportStatus::ALL.to_vec()];
    let statuses: Vec<_> = ExportStatus::ALL.iter().map(|one| vec![*one]).chain(several).collect();
    let filters: Vec<_> = statuses
        .iter()
        .flat_map(|statuses| Choice::each_of(7).map(|it| filter(statuses.clone(), it)))
        .collect();
    let wanted: Vec<_> = actors
        .iter()
        .flat_map(|actor| {
            filters.iter().map(move |(filter, named, after)| {
                let (after, limit) = (*after, 50);
                Wanted { actor, filter, named, after, limit }
            })
        })
        .collect();
    let what = |wanted: &Wanted<'_>| {
        let Wanted { actor, filter, named, after, .. } = wanted;
        format!("{:?} {filter:?} {named:?} {after:?}", actor.scope)
    };
    let pages = wanted.iter().flat_map(|wanted| {
        every_way(wanted).into_iter().map(|ways| (what(wanted), wanted.statement(&ways)))
    });
    composed(pages, Row::columns);
    let counts = wanted.iter().filter_map(|wanted| {
        let status = wanted.filter.statuses.first().copied();
        let ways = Walk::ways(wanted, status);
        (!ways.is_empty()).then(|| (what(wanted), Walk::counts(wanted, &ways, 100)))
    });
    composed(counts, Count::columns);
    let met = wanted.iter().filter_map(|wanted| {
        let status = wanted.filter.statuses.first().copied();
        Walk::may_be_common(wanted, status).then(|| (what(wanted), Walk::met(wanted, status)))
    });
    composed(met, Count::columns);
    let places = wanted.iter().filter_map(|wanted| {
        let ways = Walk::ways(wanted, wanted.filter.statuses.first().copied());
        let keys = ways.first()?.keys(wanted)?;
        Some((what(wanted), Walk::places(keys)))
    });
    composed(places, Count::columns);
}

/// Along each index that may be the shortest.
fn every_way(wanted: &Wanted<'_>) -> Vec<Vec<Way>> {
    let statuses = &wanted.filter.statuses;
    let Some(first) = statuses.first() else {
        let ways = Walk::ways(wanted, None);
        let ways = if ways.is_empty() { vec![Walk::All] } else { ways };
        return ways.into_iter().map(|way| vec![(None, way)]).collect();
    };
    let ways = |status: &ExportStatus| Walk::ways(wanted, Some(*status));
    let all = statuses.iter().map(|status| (Some(*status), Walk::All)).collect();
    (0..ways(first).len())
        .map(|place| statuses.iter().map(|status| (Some(*status), ways(status)[place])).collect())
        .chain([all])
        .collect()
}

fn filter(
    statuses: Vec<ExportStatus>,
    mut choice: Choice,
) -> (ExportFilter, Named, Option<ExportId>) {
    let id = Uuid::from_u128(2);
    let to = choice.of(Utc::now());
    let filter = ExportFilter {
        statuses,
        webhook_id: choice.of(WebhookId::from(id)),
        vacancy_id: choice.of(VacancyId::from(id)),
        from: choice.of(Utc::now()),
        to,
        // A piece of its own: with one of the others, so that there are not twice as many ways.
        flagged: to.map(|_| true),
        ..ExportFilter::default()
    };
    let text = |text: &str| text.to_owned();
    let named = Named {
        requesters: choice.of(vec![text("ben")]),
        hosts: choice.of(vec![text("hooks.example.com"), text("b.example.com")]),
        export: filter.from.map(|_| ExportId::from(id)),
        attempt: None,
    };
    (filter, named, choice.of(ExportId::from(id)))
}

/// Exports as they may be: ended, without a job; or with one, never tried or tried before, and now
/// waiting, waiting after another try, or under lease; of a live webhook, or of a deleted one.
const EXPORTS: &str = "
    (SELECT end_state, attempt_count, first_accepted_at
       FROM unnest(ARRAY[NULL, 'delivered', 'failed', 'cancelled']) end_state,
            generate_series(0, 2) attempt_count,
            unnest(ARRAY[NULL, now()]) first_accepted_at) e
    JOIN (SELECT CASE WHEN leased THEN gen_random_uuid() END AS attempt_id, attempt_number
            FROM unnest(ARRAY[true, false]) leased, generate_series(0, 3) attempt_number
           UNION ALL
          SELECT NULL, NULL) j
      ON CASE WHEN e.end_state IS NULL
              THEN j.attempt_number >= e.attempt_count
                   AND (j.attempt_id IS NULL OR j.attempt_number > e.attempt_count)
              ELSE j.attempt_number IS NULL END
    JOIN (SELECT deleted_at FROM unnest(ARRAY[NULL, now()]) deleted_at) l
      ON j.attempt_number IS NOT NULL OR l.deleted_at IS NULL";

#[test]
fn a_status_is_what_it_is_asked_by() {
    let mut client = client();
    for status in ExportStatus::ALL {
        let asked = match ended_condition(*status) {
            None => condition(*status).to_owned(),
            Some(accepted) => {
                format!("({}) OR ({DELETED}) AND {accepted}", condition(*status))
            }
        };
        let query = format!(
            "SELECT count(*) FILTER (WHERE meant),
                    count(*) FILTER (WHERE meant <> coalesce(asked, false))
               FROM (SELECT {asked} AS asked,
                            export_status(
                                coalesce(e.end_state, CASE WHEN j.attempt_number IS NOT NULL
                                    THEN end_with_webhook(l.deleted_at, j.attempt_id,
                                                          e.first_accepted_at) END),
                                e.attempt_count, j.attempt_id,
                                j.attempt_number) = '{status}' AS meant
                       FROM {EXPORTS}) compared"
        );
        let row = client.query_one(&query, &[]).expect("an answer");
        let (such, wrong): (i64, i64) = (row.get(0), row.get(1));
        assert!(such > 0, "no export is {status}");
        assert_eq!(wrong, 0, "{status}: {asked}");
    }
}
