//! What follows an attempt, case by case.

use super::*;
use crate::attempt::Response;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("a valid instant")
}

fn attempt(outcome: Outcome) -> Attempt {
    Attempt::without_request(outcome)
}

fn answered(status: u16, retry_after_s: Option<u32>) -> Attempt {
    let response =
        Response { status, headers: vec![], body: vec![], truncated: false, too_large: false };
    Attempt { response: Some(response), retry_after_s, ..attempt(Outcome::of_status(status)) }
}

fn delay_after(attempt: &Attempt, counted: u32) -> Option<i64> {
    let tries = Tries { counted, ambiguous: u32::from(attempt.ambiguous) };
    match next(attempt, tries, 0.0) {
        Next::RetryAt(at) => Some((at - now()).num_seconds()),
        _ => None,
    }
}

fn next(attempt: &Attempt, tries: Tries, jitter: f64) -> Next {
    let (asked_at, ended_at) = (now() - TimeDelta::seconds(8), now());
    RetryPolicy::default().next(&Tried { attempt, tries, asked_at, ended_at, jitter })
}

#[test]
fn the_default_schedule_ends_after_eight_tries() {
    let delays: Vec<_> =
        (1..=8).map(|tries| delay_after(&attempt(Outcome::Http5xx), tries)).collect();
    let expected = [5, 60, 300, 1_800, 7_200, 21_600, 54_000].map(Some);
    assert_eq!(delays[..7], expected);
    assert_eq!(delays[7], None);
}

#[test]
fn a_client_error_ends_after_five_tries() {
    assert_eq!(delay_after(&answered(404, None), 4), Some(1_800));
    assert_eq!(delay_after(&answered(404, None), 5), None);
}

#[test]
fn an_ambiguous_attempt_waits_and_ends_after_three() {
    let hung = Attempt { ambiguous: true, ..attempt(Outcome::ResponseTimeout) };
    assert_eq!(delay_after(&hung, 1), Some(300));
    assert_eq!(next(&hung, Tries { counted: 3, ambiguous: 3 }, 0.0), Next::GiveUp);
    let spread = Next::RetryAt(now() + TimeDelta::seconds(360));
    for jitter in [-1.0, 1.0] {
        assert_eq!(next(&hung, Tries { counted: 1, ambiguous: 1 }, jitter), spread, "never early");
    }
}

#[test]
fn final_outcomes_and_aborts() {
    for outcome in Outcome::ALL.iter().copied().filter(|outcome| outcome.is_final()) {
        let next = next(&attempt(outcome), Tries { counted: 1, ambiguous: 0 }, 0.0);
        assert_eq!(next, Next::Refused, "{outcome}");
    }
    assert_eq!(delay_after(&attempt(Outcome::Aborted), 99), Some(0));
    assert_eq!(delay_after(&attempt(Outcome::WorkerLost), 1), Some(300), "always may have");
    let out = Attempt { ambiguous: true, ..attempt(Outcome::Aborted) };
    assert_eq!(delay_after(&out, 1), Some(300), "broken off after the body");
    assert_eq!(next(&out, Tries { counted: 3, ambiguous: 3 }, 0.0), Next::GiveUp);
}

#[test]
fn what_spends_a_try() {
    let before = Tries { counted: 2, ambiguous: 1 };
    let out = |outcome| Attempt { ambiguous: true, ..attempt(outcome) };
    let cases = [
        (attempt(Outcome::Http5xx), 3, 1),
        (attempt(Outcome::WorkerLost), 3, 2),
        (attempt(Outcome::Aborted), 2, 1),
        (attempt(Outcome::InternalError), 2, 1),
        (out(Outcome::Aborted), 3, 2),
        (out(Outcome::InternalError), 3, 2),
        (answered(429, None), 3, 1),
        (answered(429, Some(1)), 2, 1),
        (answered(503, Some(0)), 2, 1),
        (answered(502, Some(1)), 3, 1),
    ];
    for (attempt, counted, ambiguous) in cases {
        assert_eq!(before.and(&attempt), Tries { counted, ambiguous }, "{attempt:?}");
    }
}

#[test]
fn who_is_asked_to_wait_comes_again_however_often() {
    assert_eq!(delay_after(&answered(429, Some(1)), 0), Some(5), "never before the schedule");
    assert_eq!(delay_after(&answered(503, Some(600)), 7), Some(54_000));
    assert_eq!(delay_after(&answered(503, Some(0)), 99), Some(54_000), "past the last try, too");
    let once = RetryPolicy { schedule: vec![Duration::ZERO], ..RetryPolicy::default() };
    let busy = answered(429, Some(0));
    let (tries, asked_at, ended_at, jitter) = (Tries::default(), now(), now(), 0.0);
    let next = once.next(&Tried { attempt: &busy, tries, asked_at, ended_at, jitter });
    assert_eq!(next, Next::RetryAt(now() + TimeDelta::seconds(1)), "not as fast as it answers");
}

#[test]
fn our_own_fault_is_tried_more_rarely_the_longer_it_lasts() {
    let ours = attempt(Outcome::InternalError);
    let delay = |waited| {
        let tried = Tried {
            attempt: &ours,
            tries: Tries::default(),
            asked_at: now() - TimeDelta::seconds(waited),
            ended_at: now(),
            jitter: 0.0,
        };
        match RetryPolicy::default().next(&tried) {
            Next::RetryAt(at) => (at - now()).num_seconds(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!([0, 60, 86_400].map(delay), [5, 15, 300]);
}

#[test]
fn retry_after_is_clamped_to_the_schedule_and_a_day() {
    assert_eq!(delay_after(&answered(502, Some(1)), 2), Some(60));
    assert_eq!(delay_after(&answered(504, Some(90)), 1), Some(90));
    assert_eq!(delay_after(&answered(429, Some(90)), 1), Some(90));
    assert_eq!(delay_after(&answered(503, Some(86_400)), 1), Some(86_400));
    assert_eq!(delay_after(&answered(500, Some(90)), 1), Some(5), "no meaning on a 500");
}

#[test]
fn jitter_stays_within_a_fifth() {
    let tries = Tries { counted: 2, ambiguous: 0 };
    let at = |jitter| next(&attempt(Outcome::Http5xx), tries, jitter);
    assert_eq!(at(-1.0), Next::RetryAt(now() + TimeDelta::seconds(48)));
    assert_eq!(at(1.0), Next::RetryAt(now() + TimeDelta::seconds(72)));
}
