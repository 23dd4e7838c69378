//! The same by a plain GROUP BY over the tables.

use diesel::prelude::*;
use domain::actor::Actor;
use domain::summary::{AttemptGroup, ExportGroup};
use store::Conn;
use store::summaries::{Line, Window};

use super::{Told, at};

/// Who asks for what.
pub(super) struct Plain<'a> {
    pub(super) actor: &'a Actor,
    pub(super) window: Window,
}

impl Plain<'_> {
    fn seen(&self, begun: &str) -> String {
        let Window { from, to } = self.window;
        let mut seen = format!("{begun} >= {}", at(from));
        if let Some(to) = to {
            seen += &format!(" AND {begun} < {}", at(to));
        }
        if let Some(organisation) = self.actor.organisation() {
            seen += &format!(" AND organisation_id = '{organisation}'");
        }
        if let Some(own) = self.actor.own() {
            seen += &format!(" AND requested_by_id = '{own}'");
        }
        seen
    }

    pub(super) fn attempts(&self, conn: &mut Conn, groups: &[AttemptGroup]) -> Vec<String> {
        let by = |group, column: &str| pick(groups.contains(&group), column);
        let affected =
            if groups.contains(&AttemptGroup::Outcome) { "nth = 1" } else { "attempt_number = 1" };
        let columns = [
            by(AttemptGroup::Host, "host"),
            by(AttemptGroup::Outcome, "outcome"),
            pick(false, ""),
            by(AttemptGroup::Organisation, "organisation_id"),
            by(AttemptGroup::Webhook, "webhook_id"),
            by(AttemptGroup::Day, "(started_at AT TIME ZONE 'UTC')::date"),
        ];
        let from = format!(
            "(SELECT *, row_number() OVER (PARTITION BY organisation_id, export_id, outcome
                ORDER BY attempt_number) AS nth FROM attempts) a WHERE {}",
            self.seen("started_at")
        );
        let affected = format!("count(*) FILTER (WHERE {affected})");
        let newest = "id::text || ' ' || export_id::text || ' ' || organisation_id::text";
        lines(conn, &columns, &affected, ("started_at", newest), &from)
    }

    pub(super) fn exports(&self, conn: &mut Conn, groups: &[ExportGroup]) -> Vec<String> {
        let by = |group, column: &str| pick(groups.contains(&group), column);
        let columns = [
            by(ExportGroup::Host, "host"),
            by(ExportGroup::Outcome, "outcome"),
            by(ExportGroup::Status, "status"),
            by(ExportGroup::Organisation, "organisation_id"),
            by(ExportGroup::Webhook, "webhook_id"),
            by(ExportGroup::Day, "(requested_at AT TIME ZONE 'UTC')::date"),
        ];
        let from = format!(
            "(SELECT e.*, export_status(e.end_state, e.attempt_count, j.attempt_id, j.attempt_number) AS status
              FROM exports e LEFT JOIN export_jobs j ON j.organisation_id = e.organisation_id AND j.export_id = e.id)
             e WHERE {}",
            self.seen("requested_at")
        );
        let newest = "id::text || ' ' || organisation_id::text";
        lines(conn, &columns, "sum(candidate_count)", ("requested_at", newest), &from)
    }
}

fn pick(is: bool, column: &str) -> String {
    if is { column.to_owned() } else { "NULL::text".to_owned() }
}

fn lines(
    conn: &mut Conn,
    columns: &[String; 6],
    affected: &str,
    (begun, newest): (&str, &str),
    from: &str,
) -> Vec<String> {
    let shown: Vec<_> = columns.iter().map(|it| format!("coalesce(({it})::text, '-')")).collect();
    let micros = |of: &str| format!("(extract(epoch FROM {of}({begun})) * 1000000)::bigint");
    let query = format!(
        "SELECT concat_ws('|', {}, count(*), {affected}, count(DISTINCT organisation_id), {}, {},
                max(({newest}) COLLATE \"C\")) AS told FROM {from} GROUP BY {}",
        shown.join(", "),
        micros("min"),
        micros("max"),
        columns.join(", ")
    );
    let told: Vec<Told> = diesel::sql_query(query).load(conn).expect("a good query");
    let mut lines: Vec<_> = told.into_iter().map(|row| row.told).collect();
    lines.sort();
    lines
}

/// Lines as [`Plain`] tells them.
pub(super) fn text(lines: &[Line]) -> Vec<String> {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let told = |line: &Line| {
        let newest = line.newest;
        let attempt = newest.attempt.map_or_else(String::new, |id| format!("{id} "));
        [
            or_none(line.host.clone()),
            or_none(line.outcome.map(|it| it.to_string())),
            or_none(line.status.map(|it| it.to_string())),
            or_none(line.organisation.as_ref().map(|it| it.0.to_string())),
            or_none(line.webhook.as_ref().map(|it| it.0.to_string())),
            or_none(line.day.map(|it| it.to_string())),
            line.count.to_string(),
            line.affected.to_string(),
            line.organisations.to_string(),
            line.since.timestamp_micros().to_string(),
            line.last.timestamp_micros().to_string(),
            format!("{attempt}{} {}", newest.export, newest.organisation),
        ]
        .join("|")
    };
    let mut lines: Vec<_> = lines.iter().map(told).collect();
    lines.sort();
    lines
}
