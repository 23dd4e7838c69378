//! How much one caller, and one organisation, may ask of this process: a bucket of requests each, filled
//! again at a steady rate. It is charged once it is known who calls, before anything is looked up.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
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

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The buckets of a process.
pub struct Limits {
    callers: Option<Buckets<(Option<OrganisationId>, String)>>,
    organisations: Option<Buckets<OrganisationId>>,
    policy: HeaderValue,
}

/// The buckets of one kind.
struct Buckets<K: Hash + Eq + Clone> {
    /// Its name in headers.
    name: &'static str,
    per_second: NonZeroU32,
    buckets: RateLimiter<K, HashMapStateStore<K>, MonotonicClock, StateInformationMiddleware>,
    forgotten: Mutex<Instant>,
}

/// What is left of a bucket, as `RateLimit` tells it.
struct Left {
    name: &'static str,
    requests: u32,
    /// Seconds until there is more.
    after_s: u64,
}

/// The header `RateLimit` of a request that was charged.
struct Told(HeaderValue);

impl Limits {
    /// Requests a second of each caller and of each organisation; 0: as many as they like.
    pub fn new(caller_per_s: u32, organisation_per_s: u32) -> Self {
        let callers = Buckets::new("caller", caller_per_s);
        let organisations = Buckets::new("organisation", organisation_per_s);
        let policies = callers.as_ref().map(Buckets::policy).into_iter();
        let policies: Vec<_> =
            policies.chain(organisations.as_ref().map(Buckets::policy)).collect();
        Self { callers, organisations, policy: value(&policies.join(", ")) }
    }

    /// Requests a second of a caller; none: no limit.
    pub fn of_caller(&self) -> Option<u32> {
        self.callers.as_ref().map(|it| it.per_second.get())
    }

    /// Requests a second of an organisation; none: no limit.
    pub fn of_organisation(&self) -> Option<u32> {
        self.organisations.as_ref().map(|it| it.per_second.get())
    }

    /// Takes a request out of the buckets of who calls.
    ///
    /// # Errors
    /// 429 with `Retry-After`, when one is empty.
    pub(crate) fn charge(&self, request: &HttpRequest, actor: &Actor) -> Result<(), Problem> {
        let organisation = actor.organisation();
        let of_caller = self.callers.as_ref();
        let of_caller = of_caller.map(|it| it.take(&(organisation, actor.id.clone())));
        // Who has none left themselves takes nothing from the others of their organisation.
        let is_empty = matches!(of_caller, Some(Err(_)));
        let of_organisation = self.organisations.as_ref().zip(organisation).filter(|_| !is_empty);
        let of_organisation = of_organisation.map(|(it, organisation)| it.take(&organisation));
        let taken: Vec<_> = of_caller.into_iter().chain(of_organisation).collect();
        let left = taken.iter().map(|taken| taken.as_ref().map_or_else(Left::told, Left::told));
        let left: Vec<_> = left.collect();
        if !left.is_empty() {
            request.extensions_mut().insert(Told(value(&left.join(", "))));
        }
        let empty = taken.into_iter().find_map(Result::err);
        empty.map_or(Ok(()), |empty| Err(refused(&empty)))
    }

    /// Adds what was charged to the headers of an answer.
    pub(crate) fn tell(&self, request: &HttpRequest, headers: &mut HeaderMap) {
        if let Some(Told(left)) = request.extensions().get() {
            headers.insert(LIMIT, left.clone());
            headers.insert(POLICY, self.policy.clone());
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
        Some(Self { name, per_second, buckets, forgotten: Mutex::new(Instant::now()) })
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
                Err(left(0, wait.as_secs() + 1))
            }
        }
    }

    /// What was not used lately takes no memory.
    fn forget(&self) {
        let mut forgotten = self.forgotten.lock().unwrap_or_else(PoisonError::into_inner);
        if forgotten.elapsed() >= FORGET {
            *forgotten = Instant::now();
            drop(forgotten);
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
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
mod tests {
    use actix_web::test::TestRequest;
    use domain::actor::Scope;
    use uuid::Uuid;

    use super::*;

    fn member(id: &str, organisation: u128) -> Actor {
        let scope = Scope::Own(OrganisationId::from(Uuid::from_u128(organisation)));
        Actor::system(id, scope)
    }

    fn charge(limits: &Limits, actor: &Actor) -> Result<String, Kind> {
        let request = TestRequest::default().to_http_request();
        let charged = limits.charge(&request, actor);
        let mut headers = HeaderMap::new();
        limits.tell(&request, &mut headers);
        let left = headers.get(LIMIT).map(|left| left.to_str().expect("text").to_owned());
        charged.map(|()| left.unwrap_or_default()).map_err(|problem| problem.kind())
    }

    #[test]
    fn each_caller_and_each_organisation_has_a_bucket() {
        let limits = Limits::new(1, 2);
        assert_eq!(limits.policy, "\"caller\";q=10;w=10, \"organisation\";q=20;w=10");
        let (rosa, ralf, ann) = (member("rosa", 1), member("ralf", 1), member("ann", 1));
        let first = charge(&limits, &rosa).expect("the first");
        assert_eq!(first, "\"caller\";r=9;t=1, \"organisation\";r=19;t=1");
        let took = |actor: &Actor| (0..40).filter(|_| charge(&limits, actor).is_ok()).count();
        // A slow machine fills buckets while it counts.
        assert!((9..20).contains(&took(&rosa)), "what is refused costs the others nothing");
        assert!((1..20).contains(&took(&ralf)));
        assert!(took(&ann) < 20, "the organisation has none left");
        assert_eq!(charge(&limits, &rosa), Err(Kind::TooManyRequests));
        assert!(charge(&limits, &member("rosa", 2)).is_ok(), "of another organisation");
    }

    #[test]
    fn without_limits_nothing_is_told() {
        let limits = Limits::new(0, 0);
        assert!((0..10_000).all(|_| charge(&limits, &member("rosa", 1)) == Ok(String::new())));
    }
}
