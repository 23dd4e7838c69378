//! Which of the due jobs a claim takes: in turn over the lanes, within its limits. In memory.

use super::jobs::DueJob;
use super::lanes::DueLane;
use super::{ClaimLimits, SMALL_PAYLOAD_BYTES};

/// Chooses of `due`, which is ordered by lane and then by age: the first job of each lane, then the
/// second of each, and so on, as far as the limits reach.
pub(super) fn choose<'a>(
    limits: &ClaimLimits,
    lanes: &[DueLane],
    due: &'a [DueJob],
) -> Vec<&'a DueJob> {
    let mut passed = Passed::default();
    let in_turn = in_turn(lanes, due).into_iter();
    in_turn.filter(|job| passed.fits(limits, &lanes[job.lane], job)).collect()
}

/// The jobs in the order in which they are taken.
fn in_turn<'a>(lanes: &[DueLane], due: &'a [DueJob]) -> Vec<&'a DueJob> {
    let mut rounds = vec![0; lanes.len()];
    let with_round = due.iter().map(|job| {
        let round = rounds[job.lane];
        rounds[job.lane] += 1;
        (round, job)
    });
    let mut jobs: Vec<(u32, &DueJob)> =
        with_round.filter(|(round, job)| *round < lanes[job.lane].most).collect();
    jobs.sort_unstable_by_key(|(round, job)| (*round, job.lane));
    jobs.into_iter().map(|(_, job)| job).collect()
}

/// What the claim has come by so far, taken or not.
#[derive(Default)]
struct Passed {
    jobs: u32,
    unresponsive: u32,
    large_jobs: u32,
    large_bytes: u64,
}

impl Passed {
    /// Whether the next job fits into the limits. Only large payloads count on the budget of bytes:
    /// small ones pass by a large one that waits for it.
    fn fits(&mut self, limits: &ClaimLimits, lane: &DueLane, job: &DueJob) -> bool {
        self.jobs += 1;
        self.unresponsive += u32::from(!lane.responsive);
        let large = job.payload_bytes > SMALL_PAYLOAD_BYTES;
        if large {
            self.large_jobs += 1;
            self.large_bytes += job.payload_bytes;
        }
        let alone = self.large_jobs == 1 && limits.oversized;
        let unresponsive_jobs = limits.unresponsive.as_ref().map_or(u32::MAX, |limit| limit.jobs);
        self.jobs <= limits.jobs
            && (lane.responsive || self.unresponsive <= unresponsive_jobs)
            && (!large || alone || self.large_bytes <= limits.payload_bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use chrono::DateTime;
    use domain::id::ExportId;
    use uuid::Uuid;

    use super::super::{Saturated, Target, UnresponsiveLimit};
    use super::*;

    const LARGE: u64 = SMALL_PAYLOAD_BYTES + 1;

    fn limits() -> ClaimLimits {
        ClaimLimits {
            jobs: 10,
            payload_bytes: 0,
            oversized: false,
            lane_cap: 8,
            lease: Duration::from_secs(30),
            worker: "test".into(),
            due_since: DateTime::UNIX_EPOCH,
            saturated: Saturated::default(),
            unresponsive: None,
        }
    }

    fn lane(most: u32, responsive: bool) -> DueLane {
        DueLane {
            only_tests: false,
            organisation: Uuid::nil().into(),
            webhook: Uuid::nil().into(),
            most,
            due_from: DateTime::UNIX_EPOCH,
            responsive,
            target: Arc::new(Target::default()),
        }
    }

    /// Jobs given by lane and size, numbered from 0.
    fn chosen(limits: &ClaimLimits, lanes: &[DueLane], jobs: &[(usize, u64)]) -> Vec<u128> {
        let job = |(number, (lane, payload_bytes)): (usize, &(usize, u64))| DueJob {
            lane: *lane,
            export: ExportId::from(Uuid::from_u128(number as u128)),
            payload_bytes: *payload_bytes,
            run_at: DateTime::UNIX_EPOCH,
        };
        let due: Vec<_> = jobs.iter().enumerate().map(job).collect();
        let chosen = choose(limits, lanes, &due);
        chosen.into_iter().map(|job| Uuid::from(job.export).as_u128()).collect()
    }

    #[test]
    fn lanes_take_turns_and_each_gets_its_share_at_most() {
        let lanes = [lane(3, true), lane(1, true)];
        let due = [(0, 1), (0, 1), (0, 1), (0, 1), (1, 1), (1, 1)];
        assert_eq!(chosen(&limits(), &lanes, &due), [0, 4, 1, 2]);
        let two = ClaimLimits { jobs: 2, ..limits() };
        assert_eq!(chosen(&two, &lanes, &due), [0, 4]);
    }

    #[test]
    fn large_payloads_stay_within_the_budget_and_small_ones_pass_by() {
        let lanes = [lane(8, true)];
        let due = [(0, LARGE), (0, 1), (0, LARGE), (0, 1)];
        let with = |payload_bytes, oversized| {
            chosen(&ClaimLimits { payload_bytes, oversized, ..limits() }, &lanes, &due)
        };
        assert_eq!(with(2 * LARGE, false), [0, 1, 2, 3]);
        assert_eq!(with(LARGE, false), [0, 1, 3]);
        assert_eq!(with(0, false), [1, 3]);
        assert_eq!(with(0, true), [0, 1, 3], "one above the budget goes alone");
    }

    #[test]
    fn what_is_not_known_to_be_responsive_gets_what_is_left_for_it() {
        let lanes = [lane(8, false), lane(8, true)];
        let due = [(0, 1), (0, 1), (1, 1), (1, 1)];
        let limit = UnresponsiveLimit { cap: 8, jobs: 1, responsive: Vec::new() };
        let limited = ClaimLimits { unresponsive: Some(limit), ..limits() };
        assert_eq!(chosen(&limited, &lanes, &due), [0, 2, 3]);
        assert_eq!(chosen(&limits(), &lanes, &due), [0, 2, 1, 3]);
    }
}
