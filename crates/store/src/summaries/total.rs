//! The statement that adds up what the sources count, and its rows. First by webhook, which is a fraction of
//! the rows; hosts and names are looked up for these.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::export::ExportStatus;
use domain::outcome::Outcome;
use domain::summary::{AttemptGroup, ExportGroup};
use uuid::Uuid;

use super::masked::Masked;
use super::{Line, Newest, SummaryFilter};
use crate::error::StoreError;
use crate::filter::{Named, one_of};
use crate::row::{optional_word, page_rows, unsigned};
use crate::statement::composed::{Composed, Where};
use crate::statement::row;

/// What is counted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub(super) struct Groups {
    pub(super) host: bool,
    pub(super) outcome: bool,
    pub(super) status: bool,
    pub(super) organisation: bool,
    pub(super) webhook: bool,
    pub(super) day: bool,
}

impl Groups {
    pub(super) fn of_attempts(groups: &[AttemptGroup]) -> Self {
        let has = |group| groups.contains(&group);
        Self {
            host: has(AttemptGroup::Host),
            outcome: has(AttemptGroup::Outcome),
            status: false,
            organisation: has(AttemptGroup::Organisation),
            webhook: has(AttemptGroup::Webhook),
            day: has(AttemptGroup::Day),
        }
    }

    pub(super) fn of_exports(groups: &[ExportGroup]) -> Self {
        let has = |group| groups.contains(&group);
        Self {
            host: has(ExportGroup::Host),
            outcome: has(ExportGroup::Outcome),
            status: has(ExportGroup::Status),
            organisation: has(ExportGroup::Organisation),
            webhook: has(ExportGroup::Webhook),
            day: has(ExportGroup::Day),
        }
    }
}

row!(
    pub(super) struct Row {
        host: Nullable<Text> => Option<String>,
        outcome: Nullable<Text> => Option<String>,
        status: Nullable<Text> => Option<String>,
        organisation_id: Nullable<SqlUuid> => Option<Uuid>,
        organisation_name: Nullable<Text> => Option<String>,
        webhook_id: Nullable<SqlUuid> => Option<Uuid>,
        webhook_name: Nullable<Text> => Option<String>,
        day: Nullable<Date> => Option<NaiveDate>,
        counted: BigInt => i64,
        affected: BigInt => i64,
        organisations: BigInt => i64,
        first_at: Timestamptz => DateTime<Utc>,
        last_at: Timestamptz => DateTime<Utc>,
        newest: Text => String,
    }
);

impl Row {
    pub(super) fn line(self) -> Result<Line, StoreError> {
        Ok(Line {
            host: self.host,
            outcome: optional_word(Outcome::parse, self.outcome.as_deref())?,
            status: optional_word(ExportStatus::parse, self.status.as_deref())?,
            organisation: self.organisation_id.map(Into::into).zip(self.organisation_name),
            webhook: self.webhook_id.map(Into::into).zip(self.webhook_name),
            day: self.day,
            count: unsigned(self.counted)?,
            affected: unsigned(self.affected)?,
            organisations: unsigned(self.organisations)?,
            since: self.first_at,
            last: self.last_at,
            newest: newest(&self.newest)?,
        })
    }
}

/// An attempt, if there is one, its export, and whose they are.
fn newest(text: &str) -> Result<Newest, StoreError> {
    let unreadable = || StoreError::Unreadable(format!("no ids `{text}`"));
    let ids = text.split(' ').map(str::parse).collect::<Result<Vec<Uuid>, _>>();
    match ids.map_err(|_| unreadable())?[..] {
        [attempt, export, organisation] => Ok(Newest {
            attempt: Some(attempt.into()),
            export: export.into(),
            organisation: organisation.into(),
        }),
        [export, organisation] => {
            Ok(Newest { attempt: None, export: export.into(), organisation: organisation.into() })
        }
        _ => Err(unreadable()),
    }
}

const WITH_WEBHOOKS: &str =
    ") p JOIN webhooks w ON w.organisation_id = p.organisation_id AND w.id = p.webhook_id";

/// What is added up.
#[derive(Clone, Copy)]
pub(super) struct Total<'a> {
    pub(super) filter: &'a SummaryFilter,
    /// The hosts that the filter names.
    pub(super) named: &'a Named,
    pub(super) groups: Groups,
    pub(super) masked: &'a Masked,
    /// Most lines; one more is read.
    pub(super) limit: usize,
}

impl<'a> Total<'a> {
    pub(super) fn statement(self, sources: Composed<'a>) -> Composed<'a> {
        let groups = self.groups;
        let pick = |is, this, other| if is { this } else { other };
        let hidden = !self.masked.hosts.is_empty();
        let host = pick(hidden, "coalesce(m.shown, w.host) AS host,", "w.host AS host,");
        let organisation = "p.organisation_id, o.name AS organisation_name,";
        let statement = Composed::default()
            .sql("SELECT")
            .sql(pick(groups.host, host, "NULL::text AS host,"))
            .sql("p.outcome, p.status,")
            .sql(pick(
                groups.organisation,
                organisation,
                "NULL::uuid AS organisation_id, NULL::text AS organisation_name,",
            ))
            .sql(pick(
                groups.webhook,
                "p.webhook_id, w.name AS webhook_name,",
                "NULL::uuid AS webhook_id, NULL::text AS webhook_name,",
            ))
            .sql("p.day, sum(p.counted)::bigint AS counted, sum(p.affected)::bigint AS affected,")
            // Without webhooks there is one row of each organisation, and nothing to sort for it.
            .sql(pick(self.needs_webhooks(), "count(DISTINCT p.organisation_id)", "count(*)"))
            .sql(include_str!("total.sql"))
            .then(self.by_webhook(sources))
            .sql(if self.needs_webhooks() { WITH_WEBHOOKS } else { ") p" });
        let statement = if groups.organisation {
            statement.sql("JOIN organisations o ON o.id = p.organisation_id")
        } else {
            statement
        };
        let statement = if groups.host && hidden {
            statement
                .with::<Array<Text>, _>("LEFT JOIN unnest($1::text[],", &self.masked.hosts)
                .with::<Array<Text>, _>(
                "$1::text[]) m (host, shown) ON m.host = w.host",
                &self.masked.shown,
            )
        } else {
            statement
        };
        let hosts = self.named.hosts.as_deref();
        statement
            .then(one_of(Where::default(), "w.host = $1", "w.host = ANY($1)", hosts))
            .sql("GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY counted DESC, last_at DESC, newest DESC")
            .with::<BigInt, _>("LIMIT $1", page_rows(self.limit))
    }

    /// Where webhooks are neither told nor asked for, fewer rows are added up.
    fn needs_webhooks(&self) -> bool {
        self.groups.host || self.groups.webhook || self.named.hosts.is_some()
    }

    fn by_webhook(&self, sources: Composed<'a>) -> Composed<'a> {
        let Self { filter, groups, .. } = self;
        let words = |all: Vec<&'static str>| (!all.is_empty()).then_some(all);
        let outcomes = words(filter.outcomes.iter().map(|outcome| outcome.as_str()).collect());
        let statuses = words(filter.statuses.iter().map(|status| status.as_str()).collect());
        let wanted = Where::default()
            .and_if::<Array<Text>, _>("c.outcome = ANY($1)", outcomes)
            .and_if::<Array<Text>, _>("c.status = ANY($1)", statuses);
        Composed::default()
            .sql("SELECT c.organisation_id,")
            .sql(if self.needs_webhooks() { "c.webhook_id," } else { "NULL::uuid AS webhook_id," })
            .sql(if groups.outcome { "c.outcome," } else { "NULL::text AS outcome," })
            .sql(if groups.status { "c.status," } else { "NULL::text AS status," })
            .sql(if groups.day { "c.day," } else { "NULL::date AS day," })
            .sql(include_str!("by_webhook.sql"))
            .then(sources)
            .sql(") c")
            .then(wanted)
            .sql("GROUP BY 1, 2, 3, 4, 5")
    }
}
