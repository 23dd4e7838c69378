//! Chains that are made here, each with one thing wrong with it.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyPair, NameConstraints, date_time_ymd,
};

use super::*;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// What is wrong, with one of the certificates.
type Wrong = fn(&mut CertificateParams);

const NOTHING: Wrong = |_| {};

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn authority(name: &str, wrong: Wrong) -> CertificateParams {
    let mut params = CertificateParams::new(vec![]).expect("no names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    wrong(&mut params);
    params
}

/// A root, and what it vouches for: two authorities one under the other, and a leaf.
fn chain(upper: Wrong, lower: Wrong, leaf: Wrong) -> [CertificateDer<'static>; 4] {
    let root = CertifiedIssuer::self_signed(authority("Root", NOTHING), key()).expect("a root");
    let under = |name, wrong, issuer: &Issuer| {
        CertifiedIssuer::signed_by(authority(name, wrong), key(), issuer).expect("an authority")
    };
    let upper = under("Upper", upper, &root);
    let lower = under("Lower", lower, &upper);
    let mut params = CertificateParams::new(vec!["crm.acme.com".into()]).expect("a name");
    leaf(&mut params);
    let leaf = params.signed_by(&key(), &lower).expect("a certificate");
    [root.der().clone(), upper.der().clone(), lower.der().clone(), leaf.der().clone()]
}

fn told(upper: Wrong, lower: Wrong, leaf: Wrong) -> Option<CertificateFault> {
    let [root, upper, lower, leaf] = chain(upper, lower, leaf);
    let judged = verified(root, &[leaf, lower, upper]);
    assert!(judged.is_err());
    fault(judged)
}

#[test]
fn a_hole_is_found_wherever_it_is() {
    let incomplete = Some(CertificateFault::IncompleteChain);
    let [root, upper, lower, leaf] = chain(NOTHING, NOTHING, NOTHING);
    let judged = |chain: &[&CertificateDer<'static>]| {
        let chain: Vec<_> = chain.iter().copied().cloned().collect();
        verified(root.clone(), &chain)
    };
    assert_eq!(judged(&[&leaf, &lower, &upper]), Ok(()));
    assert_eq!(fault(judged(&[&leaf, &lower])), incomplete);
    assert_eq!(fault(judged(&[&leaf, &upper])), incomplete);
    assert_eq!(fault(judged(&[&leaf, &lower, &root])), incomplete, "the root does not fill it");
    assert_eq!(fault(judged(&[&leaf])), incomplete);
    // All were sent, and the last vouches for itself: a private authority.
    let [stranger, ..] = chain(NOTHING, NOTHING, NOTHING);
    let all = [leaf.clone(), lower.clone(), upper.clone(), root.clone()];
    let judged = verified(certificate("root"), &all);
    assert_eq!(judged, Err(CertificateError::UnknownIssuer.into()));
    assert_ne!(verified(stranger, &all), Ok(()), "a root of the same name");
}

#[test]
fn what_may_not_be_used_for_this_has_an_issuer_that_is_known() {
    let clients: Wrong =
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let elsewhere: Wrong = |params| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("elsewhere.com".into())],
            excluded_subtrees: vec![],
        });
    };
    let no_authority: Wrong = |params| params.is_ca = IsCa::ExplicitNoCa;
    let alone: Wrong = |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let as_leaf: Wrong = |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    for (what, [upper, lower, leaf]) in [
        ("for clients", [NOTHING, NOTHING, clients]),
        ("an issuer for clients", [NOTHING, clients, NOTHING]),
        ("an issuer for other hosts", [NOTHING, elsewhere, NOTHING]),
        ("another issuer for other hosts", [elsewhere, NOTHING, NOTHING]),
        ("an issuer that is none", [NOTHING, no_authority, NOTHING]),
        ("another issuer that is none", [no_authority, NOTHING, NOTHING]),
        ("an issuer of leaves only", [alone, NOTHING, NOTHING]),
        ("an authority as a leaf", [NOTHING, NOTHING, as_leaf]),
    ] {
        assert_eq!(told(upper, lower, leaf), Some(CertificateFault::WrongUse), "{what}");
    }
}

#[test]
fn an_issuers_dates_are_not_the_leafs() {
    let expired: Wrong = |params| params.not_after = date_time_ymd(2026, 6, 1);
    let early: Wrong = |params| params.not_before = date_time_ymd(2060, 6, 1);
    let at = |seconds| UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let issuers = Some(CertificateFault::IssuerExpired(at(1_780_272_000)));
    assert_eq!(told(NOTHING, expired, NOTHING), issuers);
    assert_eq!(told(expired, NOTHING, NOTHING), issuers);
    let issuers = Some(CertificateFault::IssuerNotYetValid(at(2_853_273_600)));
    assert_eq!(told(NOTHING, early, NOTHING), issuers);
    assert_eq!(told(NOTHING, NOTHING, expired), None);
    assert_eq!(told(NOTHING, NOTHING, early), None);
    assert_eq!(told(NOTHING, expired, expired), None);
}
