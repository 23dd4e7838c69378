//! Every address of the corpus in every guise, through the resolver that each send asks: as a
//! literal, as A, as AAAA, beside a public one, behind aliases; and names that change.

use std::net::IpAddr;
use std::time::Duration;

use domain::address::{AddressGuard, parse_net};
use domain::outcome::Outcome;
use domain::webhook_url::{UrlRules, WebhookUrl};
use support::corpus::{self, Guise, PUBLIC_V4};
use support::name_server::NameServer;
use worker::Resolver;

const PATIENCE: Duration = Duration::from_secs(20);

/// A URL that may have been registered when other rules held: the resolver stands alone.
fn url(host: &str) -> WebhookUrl {
    let all = ["0.0.0.0/0", "::/0"].map(|net| parse_net(net).expect("a network"));
    let guard = AddressGuard { allow: all.to_vec(), deny: vec![] };
    let rules = UrlRules { guard, ..UrlRules::default() };
    rules.check(&format!("https://{host}:8443/hook")).expect("a URL")
}

async fn resolve(resolver: &Resolver, host: &str) -> Result<Vec<IpAddr>, Outcome> {
    let addresses = resolver.addresses(&url(host)).await?;
    assert!(addresses.iter().all(|address| address.port() == 8443), "{addresses:?}");
    Ok(addresses.into_iter().map(|address| address.ip().to_canonical()).collect())
}

async fn named() -> (NameServer, Resolver) {
    let names = NameServer::start().await;
    let resolver = Resolver::new(&[names.address], AddressGuard::default(), PATIENCE);
    (names, resolver.expect("a resolver"))
}

#[tokio::test]
async fn the_corpus_in_every_guise() {
    let (names, resolver) = named().await;
    let guard = AddressGuard::default();
    let mut broken = Vec::new();
    for (number, (address, public)) in corpus::addresses().into_iter().enumerate() {
        for guise in Guise::of(address) {
            let name = format!("{guise:?}-{number}.acme.com").to_lowercase();
            let host = guise.dress(address, &name, &names);
            let resolved = resolve(&resolver, &host).await;
            let right = match &resolved {
                Ok(found) => {
                    let vetted = found.iter().all(|found| guard.permits(*found));
                    public && vetted && found.contains(&address.to_canonical())
                }
                Err(outcome) => !public && *outcome == Outcome::BlockedAddress,
            };
            if !right {
                broken.push(format!("{address} as {guise:?} ({host}): {resolved:?}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[tokio::test]
async fn each_answer_is_vetted_anew() {
    let (names, resolver) = named().await;
    let inside: IpAddr = "169.254.169.254".parse().expect("an address");
    let flips = [vec![PUBLIC_V4], vec![inside], vec![PUBLIC_V4, inside], vec![PUBLIC_V4]];
    names.set_turns("flips.acme.com", flips);
    let blocked = Err(Outcome::BlockedAddress);
    let expected = [Ok(vec![PUBLIC_V4]), blocked.clone(), blocked, Ok(vec![PUBLIC_V4])];
    for expected in expected {
        assert_eq!(resolve(&resolver, "flips.acme.com").await, expected);
    }
    assert_eq!(names.asked("flips.acme.com"), 4, "one question a resolution");
}

/// What may be registered can be resolved.
#[tokio::test]
async fn names_with_underscores_and_punycode() {
    let (names, resolver) = named().await;
    for host in ["my_hooks.acme.com", "_my.acme.com", "xn--bcher-kva.acme.com", "a--b.acme.com"] {
        names.set(host, &[PUBLIC_V4]);
        assert_eq!(resolve(&resolver, host).await, Ok(vec![PUBLIC_V4]), "{host}");
    }
}

#[tokio::test]
async fn a_name_without_addresses_or_with_a_broken_chain_is_not_found() {
    let (names, resolver) = named().await;
    names.set::<IpAddr>("empty.acme.com", &[]);
    names.alias("broken.acme.com", "nowhere.acme.com", support::name_server::Chain::First);
    for host in ["missing.acme.com", "empty.acme.com", "broken.acme.com"] {
        assert_eq!(resolve(&resolver, host).await, Err(Outcome::DnsNotFound), "{host}");
    }
    names.alias("loop.acme.com", "loop.acme.com", support::name_server::Chain::First);
    assert!(resolve(&resolver, "loop.acme.com").await.is_err(), "and it ends");
}
