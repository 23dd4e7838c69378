//! Who has as much in flight as may be, over all workers.

use std::collections::{HashMap, HashSet};

use domain::id::OrganisationId;
use domain::webhook_url::serves_many;
use store::queue::{OtherLeases, Saturated};

use super::{Caps, Request};

/// How many times as much a host may have in flight behind which unrelated customers live.
const MANY: u32 = 8;

/// Who is saturated by the requests of this worker and the leases of the others.
pub(super) fn saturated(caps: &Caps, requests: &[Request], others: &[OtherLeases]) -> Saturated {
    let mut organisations: HashMap<OrganisationId, i64> = HashMap::new();
    let mut hosts: HashMap<&str, (i64, HashSet<OrganisationId>)> = HashMap::new();
    let ours = requests.iter().map(|it| (it.organisation, it.target.host.as_str(), 1));
    let others = others.iter().map(|it| (it.organisation, it.host.as_str(), it.jobs));
    for (organisation, host, jobs) in ours.chain(others) {
        *organisations.entry(organisation).or_default() += jobs;
        let (together, who) = hosts.entry(host).or_default();
        *together += jobs;
        who.insert(organisation);
    }
    let cap_of = |host: &str| caps.host.saturating_mul(if serves_many(host) { MANY } else { 1 });
    let full = |jobs: i64, cap: u32| jobs >= i64::from(cap);
    Saturated {
        organisations: organisations
            .into_iter()
            .filter_map(|(id, jobs)| full(jobs, caps.organisation).then_some(id))
            .collect(),
        hosts: hosts
            .into_iter()
            .filter(|(host, (jobs, _))| full(*jobs, cap_of(host)))
            .flat_map(|(host, (_, who))| who.into_iter().map(|id| (id, host.to_owned())))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;
    use uuid::Uuid;

    use super::super::request;
    use super::*;

    const CAPS: Caps =
        Caps { concurrency: 40, organisation: 4, host: 2, responsive_within: Duration::ZERO };

    #[test]
    fn organisations_and_hosts_are_full_at_their_cap_over_all_workers() {
        let now = Instant::now();
        let ours = [request(1, 1, "a.example.com", now), request(2, 2, "hooks.zapier.com", now)];
        let other = |organisation, host: &str, jobs| OtherLeases {
            organisation: Uuid::from_u128(organisation).into(),
            host: host.to_owned(),
            jobs,
        };
        let others = [
            other(1, "a.example.com", 1),
            other(1, "b.example.com", 1),
            other(2, "hooks.zapier.com", 3),
        ];
        let saturated = saturated(&CAPS, &ours, &others);
        assert_eq!(saturated.organisations, [Uuid::from_u128(2).into()]);
        assert_eq!(saturated.hosts, [(Uuid::from_u128(1).into(), "a.example.com".to_owned())]);
    }
}
