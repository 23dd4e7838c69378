//! What is delivered to: the corpora of `domain`, each address in every guise, and names that
//! change their addresses from one resolution to the next.

use std::net::IpAddr;

use support::corpus::{self, Guise, PUBLIC_V4, PUBLIC_V6};
use support::name_server::NameServer;

/// Names that change once: right after the first answer, as who rebinds a name does it.
const ONCE: usize = 250;
/// Names that change all the time, the webhooks that share one, and the exports of each webhook:
/// few enough that their receiver is not taken for a failing one.
const EVER: usize = 80;
const WEBHOOKS: usize = 5;
const EXPORTS: usize = 2;
/// How often those must have changed. Sends at the same moment may share an answer, so these are
/// fewer than the exports.
pub const FLIPS: usize = 500;

/// A webhook, and what must become of each of its exports.
pub struct Case {
    /// What it is about.
    pub label: String,
    /// Its URL, as it is sealed: nobody judged it before.
    pub url: String,
    /// Exports that are queued for it.
    pub exports: usize,
    /// What must become of them.
    pub expected: Expected,
}

/// What must become of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Delivered, to this address where only one is right.
    Delivered(Option<IpAddr>),
    /// Failed with this outcome.
    Refused(&'static str),
    /// Delivered or blocked, as its name led at that moment.
    Either,
}

/// All cases; the names that they need are made.
pub fn all(names: &NameServer) -> Vec<Case> {
    [addresses(names), urls(names), once(names), ever(names)].into_iter().flatten().collect()
}

/// Each address in every guise; the plain ones on both ports.
fn addresses(names: &NameServer) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, (address, public)) in corpus::addresses().into_iter().enumerate() {
        for guise in Guise::of(address) {
            let name = format!("{guise:?}-{number}.acme.com").to_lowercase();
            let host = guise.dress(address, &name, names);
            let expected = match public {
                true => Expected::Delivered(alone(guise).then(|| address.to_canonical())),
                false => Expected::Refused("blocked_address"),
            };
            let plain = matches!(guise, Guise::Literal | Guise::Record);
            for port in if plain { &[443, 8443][..] } else { &[443] } {
                cases.push(Case {
                    label: format!("{address} as {guise:?}, port {port}"),
                    url: format!("https://{host}:{port}/{guise:?}/{number}/{port}"),
                    exports: 1,
                    expected,
                });
            }
        }
    }
    cases
}

/// Whether the address is the only one to connect to.
fn alone(guise: Guise) -> bool {
    !matches!(guise, Guise::BeforePublic | Guise::AfterPublic | Guise::BesideOtherFamily)
}

/// Each URL of the corpus as it was typed in, not normalised.
fn urls(names: &NameServer) -> Vec<Case> {
    let case = |(url, verdict): (String, Result<String, String>)| {
        let expected = match &verdict {
            Ok(normal) => {
                names.set(host(normal), &[PUBLIC_V4]);
                Expected::Delivered(None)
            }
            Err(rule) if rule == "forbidden_address" => Expected::Refused("blocked_address"),
            Err(_) => Expected::Refused("invalid_url"),
        };
        Case { label: format!("{url:?}"), url, exports: 1, expected }
    };
    corpus::urls().into_iter().map(case).collect()
}

/// The first answer is public, all after it are forbidden: who resolves a name twice, once to
/// judge it and once to connect, is led astray.
fn once(names: &NameServer) -> Vec<Case> {
    let forbidden = forbidden();
    let case = |number: usize| {
        let inside = forbidden[number % forbidden.len()];
        let name = format!("once-{number}.acme.com");
        names.set_turns(&name, [vec![beside(inside)], vec![inside]]);
        Case {
            label: format!("{name}, then {inside}"),
            url: format!("https://{name}/once/{number}"),
            exports: 1,
            expected: Expected::Delivered(Some(beside(inside))),
        }
    };
    (0..ONCE).map(case).collect()
}

/// Public, forbidden and both at once take turns, while the connections of earlier deliveries
/// are still open.
fn ever(names: &NameServer) -> Vec<Case> {
    let forbidden = forbidden();
    let mut cases = Vec::new();
    for number in 0..EVER {
        let inside = forbidden[number * 7 % forbidden.len()];
        let outside = beside(inside);
        let name = format!("ever-{number}.acme.com");
        let turns = [vec![outside], vec![inside], vec![outside, inside], vec![inside, outside]];
        names.set_turns(&name, turns.into_iter().cycle().take(10 * WEBHOOKS * EXPORTS));
        cases.extend((0..WEBHOOKS).map(|webhook| Case {
            label: format!("{name}, now and then {inside}"),
            url: format!("https://{name}/ever/{number}/{webhook}"),
            exports: EXPORTS,
            expected: Expected::Either,
        }));
    }
    cases
}

/// How often the names that take turns were asked for.
pub fn turns_taken(names: &NameServer) -> usize {
    (0..EVER).map(|number| names.asked(&format!("ever-{number}.acme.com"))).sum()
}

/// Those of the names that change once which were asked for more than once.
pub fn asked_again(names: &NameServer) -> Vec<usize> {
    (0..ONCE).filter(|number| names.asked(&format!("once-{number}.acme.com")) > 1).collect()
}

/// The forbidden addresses of the corpus.
pub fn forbidden() -> Vec<IpAddr> {
    corpus::addresses().into_iter().filter(|(_, public)| !public).map(|(ip, _)| ip).collect()
}

/// A public address of the same family: both answers come to the same question.
fn beside(address: IpAddr) -> IpAddr {
    if address.is_ipv4() { PUBLIC_V4 } else { PUBLIC_V6 }
}

/// The host of a normalised URL.
fn host(url: &str) -> &str {
    let rest = url.strip_prefix("https://").unwrap_or_default();
    let authority = rest.split('/').next().unwrap_or_default();
    authority.strip_suffix(":8443").unwrap_or(authority)
}

/// The names and addresses of receivers that must be trusted.
pub fn certified(cases: &[Case]) -> Vec<String> {
    let delivered = corpus::urls().into_iter().filter_map(|(_, verdict)| verdict.ok());
    let hosts = delivered.map(|url| host(&url).to_owned());
    let literals = cases.iter().filter(|case| {
        matches!(case.expected, Expected::Delivered(_)) && case.label.contains("Literal")
    });
    let literals = literals.map(|case| {
        let authority = case.url.trim_start_matches("https://").split('/').next();
        let (host, _) = authority.and_then(|host| host.rsplit_once(':')).expect("a port");
        host.to_owned()
    });
    let all = hosts.chain(literals).chain(["*.acme.com".to_owned()]);
    let bare = all.map(|host| host.trim_matches(['[', ']']).to_owned());
    bare.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}
