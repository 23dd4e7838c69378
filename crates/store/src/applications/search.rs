//! How a page of applications is read: along the vacancy, in the order of its index. What few have is
//! found by an index of its own instead, once the first of the vacancy were too few of them: a stage, a
//! status, a rating, or letters of words.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Integer, Text, Timestamptz, Uuid as SqlUuid};
use domain::id::{OrganisationId, VacancyId, WebhookId};
use uuid::Uuid;

use super::{ApplicationFilter, ApplicationKey, Row, Sort, SortBy};
use crate::db::Conn;
use crate::filter::one_of;
use crate::page::in_order;
use crate::row::page_rows;
use crate::statement::composed::{Composed, Where};
use crate::statement::statement;

/// So many people for each row of the page are looked through before the index is asked: where one in
/// ten has the words, that fills it.
const LOOKED_THROUGH: i64 = 10;
/// More pairs of letters narrow down no further.
const CONDITIONS: usize = 24;

/// People write one word where others write several: blanks aside, each word is there, as a part of
/// one, or from the start of one on.
const WITH_WORDS: &str = "replace(a.search_text, ' ', '') LIKE ALL (search_patterns($1))
   AND (a.search_text LIKE ALL (search_patterns($1)) OR has_search_words(a.search_text, search_words($1)))";

/// As the index says it.
const WITH_PAIR: &str = "search_grams(vacancy_id, search_text) && $1";

/// Two numbers of which whoever is found has one, in the index of letters.
pub(super) type Condition = (i32, i32);

/// What of a search has to hold; nothing where no word is left of it, by the rule that looks for it.
pub(super) fn conditions(
    conn: &mut Conn,
    vacancy: VacancyId,
    q: &str,
) -> QueryResult<Vec<Condition>> {
    let statement =
        FindConditions { vacancy: vacancy.into(), words: words(q), lifetime: PhantomData };
    statement.load(conn)
}

statement!(FindConditions = "conditions.sql", (
    vacancy: SqlUuid => Uuid,
    words: Array<Text> => Vec<&'a str>,
) -> (Integer, Integer));

fn words(q: &str) -> Vec<&str> {
    q.split_whitespace().collect()
}

/// What is asked for.
pub(super) struct Asked<'a> {
    pub(super) organisation: OrganisationId,
    pub(super) vacancy: VacancyId,
    pub(super) filter: &'a ApplicationFilter,
    /// The stages that the filter names.
    pub(super) stages: Option<Vec<String>>,
    pub(super) sort: Sort,
    /// All stages in their order, where they are sorted by.
    pub(super) stage_order: Vec<String>,
    /// Whose last exports to it are told.
    pub(super) webhook: Option<WebhookId>,
    pub(super) after: Option<ApplicationKey>,
    /// Most rows of the page; one more is read.
    pub(super) limit: usize,
}

impl<'a> Asked<'a> {
    /// All whom a filter means, by time of application.
    pub(super) fn everybody_of(
        organisation: OrganisationId,
        vacancy: VacancyId,
        filter: &'a ApplicationFilter,
        stages: Option<Vec<String>>,
    ) -> Self {
        let (sort, stage_order) = (Sort::default(), Vec::new());
        let (webhook, after, limit) = (None, None, 0);
        Self { organisation, vacancy, filter, stages, sort, stage_order, webhook, after, limit }
    }
}

impl Asked<'_> {
    /// The rows of the page.
    pub(super) fn read(
        &self,
        conn: &mut Conn,
        conditions: Option<&[Condition]>,
    ) -> QueryResult<Vec<Row>> {
        let rows: Vec<Row> = in_order(conn, |conn| self.along_the_vacancy().load(conn))?;
        if rows.len() > self.limit || !self.is_narrowed() {
            return Ok(rows);
        }
        match (self.shortest(conn)?, conditions) {
            (None, Some(conditions)) => self.by_letters(conditions).load(conn),
            (None, None) => Ok(rows),
            (Some(way), _) => in_order(conn, |conn| self.along(way).load(conn)),
        }
    }

    fn is_narrowed(&self) -> bool {
        self.filter.q.is_some() || !self.ways().is_empty()
    }

    /// In the order of the index; where few may be meant, the first of the vacancy only.
    pub(super) fn along_the_vacancy(&self) -> Composed<'_> {
        let vacancy = if self.is_narrowed() {
            self.walk(LOOKED_THROUGH * page_rows(self.limit))
        } else if self.sort.by == SortBy::AppliedAt {
            // Its index has those, too, who do not count: nobody knows how many.
            Composed::default()
                .sql("(SELECT * FROM applications")
                .then(self.in_window(Where::default()))
                .sql(self.sort.of_page())
                .sql("OFFSET 0)")
        } else {
            self.walk(page_rows(self.limit))
        };
        self.page(vacancy)
    }

    /// All that have the letters, of whom few have not the words.
    pub(super) fn by_letters(&self, conditions: &[Condition]) -> Composed<'_> {
        self.page(self.with_letters(conditions))
    }

    /// The same, whatever words and page, as an item of FROM.
    pub(super) fn with_letters(&self, conditions: &[Condition]) -> Composed<'_> {
        let found = conditions.iter().take(CONDITIONS).fold(
            Where::default().and("counts"),
            |found, (one, other)| {
                found.and_with::<Array<Integer>, _>(WITH_PAIR, vec![*one, *other])
            },
        );
        Composed::default()
            .sql("(SELECT * FROM (SELECT * FROM applications")
            .then(found)
            .sql("OFFSET 0) found")
            .then(self.in_window(Where::default()))
            .sql("OFFSET 0)")
    }

    /// Of the vacancy.
    pub(super) fn of_vacancy<'a>(&'a self, wanted: Where<'a>) -> Where<'a> {
        wanted
            .and_with::<SqlUuid, _>("organisation_id = $1", Uuid::from(self.organisation))
            .and_with::<SqlUuid, _>("vacancy_id = $1", Uuid::from(self.vacancy))
    }

    /// The same within the time that is asked for, and after the page before where the indexes are in the
    /// order of that.
    pub(super) fn in_window<'a>(&'a self, wanted: Where<'a>) -> Where<'a> {
        let by_time = self.sort.by == SortBy::AppliedAt;
        self.of_vacancy(wanted)
            .and_if::<Timestamptz, _>("applied_at > $1", self.filter.applied_after)
            .and_some(self.after().filter(|_| by_time))
    }

    /// The first of these whom the filter means.
    pub(super) fn page<'a>(&'a self, applications: Composed<'a>) -> Composed<'a> {
        let by_time = self.sort.by == SortBy::AppliedAt;
        // What the walks by time begin with.
        let wanted = if by_time {
            self.wanted()
        } else {
            self.wanted()
                .and_if::<Timestamptz, _>("applied_at > $1", self.filter.applied_after)
                .and_some(self.after())
        };
        let page = Composed::default()
            .sql(include_str!("list.sql"))
            .with::<Array<Text>, _>(
                "$1::text[], a.stage) AS stage_place FROM",
                &self.stage_order[..],
            )
            .then(applications)
            .sql("a")
            .then(wanted)
            .sql(self.sort.of_page())
            .with::<BigInt, _>("LIMIT $1", page_rows(self.limit))
            .sql(include_str!("people.sql"));
        let page = match self.webhook {
            Some(id) => page.with::<SqlUuid, _>(include_str!("last_export.sql"), Uuid::from(id)),
            None => page.sql(include_str!("no_export.sql")),
        };
        page.sql(self.sort.of_page())
    }

    /// Whom the filter means.
    pub(super) fn wanted(&self) -> Where<'_> {
        let Self { filter, stages, .. } = self;
        let statuses: Vec<&str> = filter.statuses.iter().map(|status| status.as_str()).collect();
        let statuses = (!statuses.is_empty()).then_some(statuses);
        let wanted = Where::default().and("a.counts");
        one_of(wanted, "a.stage = $1", "a.stage = ANY($1)", stages.as_deref())
            .and_if::<Array<Text>, _>("a.status = ANY($1)", statuses)
            .and_if::<Double, _>("(a.rating ->> 'value')::float8 >= $1", filter.min_rating)
            .and_if::<Array<Text>, _>(WITH_WORDS, filter.q.as_deref().map(words))
    }
}
