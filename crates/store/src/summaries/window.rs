//! The time that a summary is about, cut into whole UTC days and what is left at its ends.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::row::since_1970;

/// Days that are shown without `from`, the last one included.
const SHOWN: u64 = 31;

/// From an instant on, and before another one, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The first one after it.
    pub to: Option<DateTime<Utc>>,
}

impl Window {
    /// As it is asked for; without `from`, the 31 UTC days that end with `to`, or with today.
    pub fn new(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let end = to.map_or(now, |to| (to - TimeDelta::microseconds(1)).min(now));
        let first = end.date_naive().checked_sub_days(Days::new(SHOWN - 1));
        let from = from.unwrap_or_else(|| first.map_or(DateTime::UNIX_EPOCH, midnight));
        Self { from: since_1970(from), to }
    }

    /// How long it is, up to now.
    pub fn length(&self, now: DateTime<Utc>) -> TimeDelta {
        self.to.map_or(now, |to| to.min(now)) - self.from
    }

    /// The whole days: the first, and the first one after them.
    pub(super) fn days(&self) -> (NaiveDate, Option<NaiveDate>) {
        (self.first_midnight().date_naive(), self.to.map(|to| to.date_naive()))
    }

    /// The whole months within these days, if there are any: the first, and the first one after them. Without an
    /// end, the one that has begun is whole so far.
    pub(super) fn months(&self) -> Option<(NaiveDate, Option<NaiveDate>)> {
        let (first, after) = self.days();
        let start = first.with_day(1)?;
        let start = if start < first { start.checked_add_months(Months::new(1))? } else { start };
        let end = after.and_then(|after| after.with_day(1));
        end.is_none_or(|end| start < end).then_some((start, end))
    }

    /// What lies within it beside whole days: none, one or two.
    pub(super) fn ends(&self) -> Vec<Self> {
        let first = self.first_midnight();
        let last = self.to.map(|to| midnight(to.date_naive()));
        if let (Some(to), Some(last)) = (self.to, last)
            && last < first
        {
            return vec![Self { from: self.from, to: Some(to) }];
        }
        let start = Self { from: self.from, to: Some(first) };
        let end = last.map(|last| Self { from: last, to: self.to });
        let ends = std::iter::once(start).chain(end);
        ends.filter(|end| Some(end.from) != end.to).collect()
    }

    /// The first midnight that is not before it.
    fn first_midnight(&self) -> DateTime<Utc> {
        let day = self.from.date_naive();
        let next = || day.checked_add_days(Days::new(1)).map_or(self.from, midnight);
        if midnight(day) == self.from { self.from } else { next() }
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn window(from: &str, to: Option<&str>) -> Window {
        Window::new(Some(at(from)), to.map(at), at("2026-11-27T10:00:00Z"))
    }

    #[test]
    fn whole_days_and_ends_make_the_window() {
        let whole = window("2026-11-01T00:00:00Z", None);
        assert_eq!(whole.ends(), []);
        assert_eq!(whole.days(), ("2026-11-01".parse().expect("a day"), None));
        let both = window("2026-11-01T09:00:00Z", Some("2026-11-03T10:00:00Z"));
        let ends = [
            window("2026-11-01T09:00:00Z", Some("2026-11-02T00:00:00Z")),
            window("2026-11-03T00:00:00Z", Some("2026-11-03T10:00:00Z")),
        ];
        assert_eq!(both.ends(), ends);
        let days = ["2026-11-02", "2026-11-03"].map(|day| day.parse().expect("a day"));
        assert_eq!(both.days(), (days[0], Some(days[1])));
        let within = window("2026-11-01T09:00:00Z", Some("2026-11-01T10:00:00Z"));
        assert_eq!(within.ends(), [within]);
        let (first, after) = within.days();
        assert!(after < Some(first), "no whole day");
        let to_midnight = window("2026-11-01T09:00:00Z", Some("2026-11-02T00:00:00Z"));
        assert_eq!(to_midnight.ends(), [to_midnight]);
    }

    #[test]
    fn whole_months_lie_within_whole_days() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let year = window("2025-11-27T10:00:00Z", None);
        assert_eq!(year.months(), Some((day("2025-12-01"), None)));
        let spring = window("2026-03-01T00:00:00Z", Some("2026-05-20T10:00:00Z"));
        assert_eq!(spring.months(), Some((day("2026-03-01"), Some(day("2026-05-01")))));
        let none = window("2026-03-02T00:00:00Z", Some("2026-04-20T10:00:00Z"));
        assert_eq!(none.months(), None);
    }

    #[test]
    fn without_a_start_it_is_31_days() {
        let now = at("2026-11-27T10:00:00Z");
        assert_eq!(Window::new(None, None, now).from, at("2026-10-28T00:00:00Z"));
        let to = Some(at("2026-11-24T00:00:00Z"));
        assert_eq!(Window::new(None, to, now).from, at("2026-10-24T00:00:00Z"));
        let ahead = Some(at("9999-01-01T00:00:00Z"));
        assert_eq!(Window::new(None, ahead, now).from, at("2026-10-28T00:00:00Z"));
        let length = Window::new(None, None, now).length(now);
        assert!(length < TimeDelta::days(31) && length > TimeDelta::days(30));
    }
}
