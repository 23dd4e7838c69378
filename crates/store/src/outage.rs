//! Outage: something that we need is away, or something that we do fails each time. It is told in one
//! line when it begins, one a minute while it lasts, and one when it is over, however many calls of
//! however many threads meet it. Here because api and worker share no other crate that may log.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::StoreError;

/// How often an outage is told of. One that comes back sooner than that goes on, for the log.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// One thing that may be away; a clone is the same thing.
#[derive(Debug, Clone)]
pub struct Outage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    away: String,
    back: String,
    /// Whether `state` needs a look when all goes well: that is asked at each statement.
    lasts: AtomicBool,
    state: Mutex<State>,
}

/// What is known of the outage that lasts, or of the last one.
#[derive(Debug, Default)]
struct State {
    since: Option<Instant>,
    told_at: Option<Instant>,
    /// Whether anybody was told that it is away.
    told: bool,
    /// How often it was met since it was last told of.
    suppressed: u64,
}

/// What is to be told.
#[derive(Debug, PartialEq, Eq)]
enum News {
    Begins { suppressed: u64 },
    Lasts { since: Duration, suppressed: u64 },
    Over { after: Duration, suppressed: u64 },
}

impl Outage {
    /// A thing that is there, with the words for "it is away" and "it is back"; the reason follows
    /// the first.
    pub fn new(away: impl Into<String>, back: impl Into<String>) -> Self {
        let (away, back) = (away.into(), back.into());
        let (lasts, state) = (AtomicBool::new(false), Mutex::default());
        Self(Arc::new(Inner { away, back, lasts, state }))
    }

    /// Something that we do again and again, by its verb: it may fail each time.
    pub fn of_work(verb: &str) -> Self {
        Self::new(format!("could not {verb}"), format!("can {verb} again"))
    }

    /// Work failed so. What is an outage of the database is told already.
    pub fn met_by(&self, error: &StoreError) {
        if !error.is_told() {
            self.met(error);
        }
    }

    /// Work went so.
    pub fn heard<T>(&self, done: &Result<T, StoreError>) {
        match done {
            Ok(_) => self.over(),
            Err(error) => self.met_by(error),
        }
    }

    /// It was met, for this reason.
    pub fn met(&self, reason: &dyn Display) {
        let Some(news) = self.change(|state| state.met(Instant::now())) else { return };
        let (away, reason) = (&self.0.away, one_line(reason));
        match news {
            News::Begins { suppressed } => {
                tracing::warn!(suppressed, "{away}: {reason}; told once a minute while it lasts");
            }
            News::Lasts { since, suppressed } => {
                tracing::warn!(suppressed, "{away}, for {} now: {reason}", length(since));
            }
            News::Over { .. } => {}
        }
    }

    /// It is not, or no longer.
    pub fn over(&self) {
        if !self.lasts() {
            return;
        }
        if let Some(News::Over { after, suppressed }) =
            self.change(|state| state.over(Instant::now()))
        {
            tracing::info!(suppressed, "{}, after {}", self.0.back, length(after));
        }
    }

    /// Whether it lasts.
    pub fn lasts(&self) -> bool {
        self.0.lasts.load(Ordering::Acquire)
    }

    fn change(&self, change: impl FnOnce(&mut State) -> Option<News>) -> Option<News> {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let news = change(&mut state);
        self.0.lasts.store(state.since.is_some(), Ordering::Release);
        news
    }
}

impl State {
    fn met(&mut self, now: Instant) -> Option<News> {
        let since = *self.since.get_or_insert(now);
        if self.told_at.is_some_and(|at| now.duration_since(at) < TOLD_EVERY) {
            self.suppressed = self.suppressed.saturating_add(1);
            return None;
        }
        self.told_at = Some(now);
        let suppressed = std::mem::take(&mut self.suppressed);
        let told_before = std::mem::replace(&mut self.told, true);
        Some(if told_before {
            News::Lasts { since: now.duration_since(since), suppressed }
        } else {
            News::Begins { suppressed }
        })
    }

    fn over(&mut self, now: Instant) -> Option<News> {
        let since = self.since.take()?;
        let after = now.duration_since(since);
        // One that nobody was told of is not told to be over.
        std::mem::take(&mut self.told)
            .then(|| News::Over { after, suppressed: std::mem::take(&mut self.suppressed) })
    }
}

/// libpq explains itself in several lines: those that are indented are left out.
fn one_line(reason: &dyn Display) -> String {
    let reason = reason.to_string();
    let lines = reason.lines().filter(|line| !line.starts_with(char::is_whitespace));
    lines.map(|line| line.trim_end_matches(';')).collect::<Vec<_>>().join("; ")
}

/// In the unit that people would say.
fn length(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        seconds @ 1..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_when_it_begins_one_a_minute_and_one_when_it_is_over() {
        let (begin, mut state) = (Instant::now(), State::default());
        let at = |ms: u64| begin + Duration::from_millis(ms);
        assert_eq!(state.over(at(0)), None, "it never was");
        assert_eq!(state.met(at(0)), Some(News::Begins { suppressed: 0 }));
        // Thirteen a second, of every thread, for two and a half minutes.
        let told: Vec<_> = (1..1_950).filter_map(|n| state.met(at(n * 77))).collect();
        let expected = |minute: u64, suppressed| News::Lasts {
            since: Duration::from_millis(minute * 60_060),
            suppressed,
        };
        assert_eq!(told, [expected(1, 779), expected(2, 779)]);
        let over = News::Over { after: Duration::from_millis(150_100), suppressed: 389 };
        assert_eq!(state.over(at(150_100)), Some(over));
        assert_eq!(state.over(at(150_101)), None, "told once");
    }

    #[test]
    fn what_comes_and_goes_is_told_as_rarely() {
        let (begin, mut state) = (Instant::now(), State::default());
        let mut lines = Vec::new();
        for n in 0..1_800 {
            let at = begin + Duration::from_millis(n * 100);
            lines.extend(state.met(at));
            lines.extend(state.over(at + Duration::from_millis(50)));
        }
        assert_eq!(lines.len(), 6, "three minutes, two lines each: {lines:?}");
        assert_eq!(lines[2], News::Begins { suppressed: 599 });
    }

    #[test]
    fn a_reason_is_one_line() {
        let told = "server closed the connection unexpectedly\n\tThis probably means …\nlost";
        assert_eq!(one_line(&told), "server closed the connection unexpectedly; lost");
    }

    #[test]
    fn how_long_is_said_as_people_say_it() {
        let told = [4, 1_500, 119_000, 60_000 * 75].map(|ms| length(Duration::from_millis(ms)));
        assert_eq!(told, ["4 ms", "1 s", "119 s", "75 min"]);
    }
}
