//! How much one caller, and one organisation, may ask of this process: a bucket of requests each, filled
//! again at a steady rate. It is charged once it is known who calls, before anything is looked up.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};
use domain::actor::Actor;
use domain::id::OrganisationId;
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::problem::{Kind, Problem};

/// A full bucket lasts so long at the rate at which it is filled.
const BURST_S: u32 = 10;

/// How often full buckets are forgotten: they are as good as new ones.
const FORGET: Duration = Duration::from_mins(1);

/// With so many buckets full ones are forgotten sooner.
const MANY: usize = 100_000;

/// How soon.
const FORGET_MANY: Duration = Duration::from_secs(1);

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The buckets of a process.
pub struct Limits {
    callers: Option<Buckets<(Option<OrganisationId>, String)>>,
    organisations: Option<Buckets<OrganisationId>>,
    /// Keys that do not work, by their hashes.
    dead_keys: Option<Buckets<[u8; 32]>>,
}

/// The buckets of one kind.
struct Buckets<K: Hash + Eq + Clone> {
    /// Its name in headers.
    name: &'static str,
    per_second: NonZeroU32,
    buckets: RateLimiter<K, HashMapStateStore<K>, MonotonicClock, StateInformationMiddleware>,
    /// Until when which are empty.
    empty: Mutex<HashMap<K, Instant>>,
    forgotten: Mutex<Instant>,
}

/// What is left of a bucket, as `RateLimit` tells it.
struct Left {
    name: &'static str,
    requests: u32,
    /// Seconds until there is more.
    after_s: u64,
}

/// The headers `RateLimit` and `RateLimit-Policy` of a request that was charged.
struct Told {
    left: HeaderValue,
    policy: HeaderValue,
}

impl Limits {
    /// Requests a second of each caller and of each organisation; 0: as many as they like.
    pub fn new(caller_per_s: u32, organisation_per_s: u32) -> Self {
        let callers = Buckets::new("caller", caller_per_s);
        let organisations = Buckets::new("organisation", organisation_per_s);
        let dead_keys = Buckets::new("caller", caller_per_s);
        Self { callers, organisations, dead_keys }
    }

    /// Requests a second of a caller; none: no limit.
    pub fn of_caller(&self) -> Option<u32> {
        self.callers.as_ref().map(|it| it.per_second.get())
    }

    /// Requests a second of the organisation of a caller; none: no limit, or no organisation.
    pub fn of_organisation(&self, actor: &Actor) -> Option<u32> {
        actor.organisation()?;
        self.organisations.as_ref().map(|it| it.per_second.get())
    }

    /// Takes a request out of the buckets of who calls: of both, or of none where the one of their
    /// organisation is empty.
    ///
    /// # Errors
    /// 429 with `Retry-After`, when one is empty.
    pub(crate) fn charge(&self, request: &HttpRequest, actor: &Actor) -> Result<(), Problem> {
        let organisation = actor.organisation();
        let of_organisation = self.organisations.as_ref().zip(organisation);
        let empty = of_organisation.as_ref().and_then(|(it, organisation)| it.empty(organisation));
        let taken: Vec<_> = if let Some(empty) = empty {
            vec![Err(empty)]
        } else {
            let of_caller = self.callers.as_ref();
            let of_caller = of_caller.map(|it| it.take(&(organisation, actor.id.clone())));
            // Who has none left themselves takes nothing from the others of their organisation.
            let is_empty = matches!(of_caller, Some(Err(_)));
            let of_organisation = of_organisation.filter(|_| !is_empty);
            let of_organisation = of_organisation.map(|(it, organisation)| it.take(&organisation));
            of_caller.into_iter().chain(of_organisation).collect()
        };
        let left = taken.iter().map(|taken| taken.as_ref().map_or_else(Left::told, Left::told));
        let left: Vec<_> = left.collect();
        if !left.is_empty() {
            let told = Told { left: value(&left.join(", ")), policy: self.policy(organisation) };
            request.extensions_mut().insert(told);
        }
        let empty = taken.into_iter().find_map(Result::err);
        empty.map_or(Ok(()), |empty| Err(refused(&empty)))
    }

    /// Whether a key may be looked for, which did not work so often lately.
    ///
    /// # Errors
    /// 429 with `Retry-After`, when it was tried too often.
    pub(crate) fn check_key(&self, sha256: &[u8; 32]) -> Result<(), Problem> {
        let empty = self.dead_keys.as_ref().and_then(|it| it.empty(sha256));
        empty.map_or(Ok(()), |empty| Err(refused(&empty)))
    }

    /// A key was looked for, and does not work.
    pub(crate) fn charge_key(&self, sha256: &[u8; 32]) {
        // The next look-up is refused.
        let _ = self.dead_keys.as_ref().map(|it| it.take(sha256));
    }

    fn policy(&self, organisation: Option<OrganisationId>) -> HeaderValue {
        let of_organisation = self.organisations.as_ref().filter(|_| organisation.is_some());
        let policies = self.callers.as_ref().map(Buckets::policy).into_iter();
        let policies = policies.chain(of_organisation.map(Buckets::policy));
        value(&policies.collect::<Vec<_>>().join(", "))
    }

    /// Adds what was charged to the headers of an answer.
    pub(crate) fn tell(request: &HttpRequest, headers: &mut HeaderMap) {
        if let Some(Told { left, policy }) = request.extensions().get() {
            headers.insert(LIMIT, left.clone());
            headers.insert(POLICY, policy.clone());
        }
    }
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(name: &'static str, per_second: u32) -> Option<Self> {
        let per_second = NonZeroU32::new(per_second)?;
        let burst = per_second.saturating_mul(NonZeroU32::new(BURST_S)?);
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let clock = MonotonicClock;
        let buckets = RateLimiter::new(quota, HashMapStateStore::default(), clock);
        let (empty, forgotten) = (Mutex::default(), Mutex::new(Instant::now()));
        Some(Self { name, per_second, buckets, empty, forgotten })
    }

    fn burst(&self) -> u32 {
        self.per_second.get().saturating_mul(BURST_S)
    }

    fn policy(&self) -> String {
        format!("\"{}\";q={};w={BURST_S}", self.name, self.burst())
    }

    fn take(&self, key: &K) -> Result<Left, Left> {
        self.forget();
        let left = |requests, after_s| Left { name: self.name, requests, after_s };
        match self.buckets.check_key(key) {
            Ok(state) => {
                let requests = state.remaining_burst_capacity();
                let missing = self.burst().saturating_sub(requests);
                Ok(left(requests, u64::from(missing.div_ceil(self.per_second.get()))))
            }
            Err(until) => {
                let wait = until.wait_time_from(self.buckets.clock().now());
                self.empties().insert(key.clone(), Instant::now() + wait);
                Err(left(0, wait.as_secs() + 1))
            }
        }
    }

    /// What is left of a bucket that is known to be empty; none where it may not be.
    fn empty(&self, key: &K) -> Option<Left> {
        let wait = self.empties().get(key)?.checked_duration_since(Instant::now())?;
        Some(Left { name: self.name, requests: 0, after_s: wait.as_secs() + 1 })
    }

    fn empties(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
        self.empty.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was not used lately takes no memory.
    fn forget(&self) {
        let mut forgotten = self.forgotten.lock().unwrap_or_else(PoisonError::into_inner);
        let soon = self.buckets.len() > MANY && forgotten.elapsed() >= FORGET_MANY;
        if soon || forgotten.elapsed() >= FORGET {
            *forgotten = Instant::now();
            drop(forgotten);
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
            let now = Instant::now();
            self.empties().retain(|_, until| *until > now);
        }
    }
}

impl Left {
    fn told(&self) -> String {
        format!("\"{}\";r={};t={}", self.name, self.requests, self.after_s)
    }
}

/// Of our own words and numbers.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

fn refused(empty: &Left) -> Problem {
    let whose = if empty.name == "caller" { "You ask" } else { "Your organisation asks" };
    let detail = format!("{whose} too much at once: wait {} s.", empty.after_s);
    Problem::new(Kind::TooManyRequests, detail).with_retry_after(empty.after_s)
}

#[cfg(test)]
mod tests;
