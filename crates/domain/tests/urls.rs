//! What URL may be registered: a corpus of spellings, and what operators may loosen.

use domain::address::{AddressGuard, parse_net};
use domain::webhook_url::{AllowPorts, UrlRefusal, UrlRules, Verdict, WebhookRule, warnings};

const CORPUS: &str = include_str!("urls.txt");

fn cases() -> impl Iterator<Item = (&'static str, String)> {
    let lines = CORPUS.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let (verdict, url) = line.split_once(" | ").expect("a verdict and a URL");
        (verdict, serde_json::from_str(url).expect("a JSON string"))
    })
}

/// What `talentats up` allows.
fn development() -> UrlRules {
    UrlRules {
        allow_http: true,
        allow_ports: AllowPorts::Any,
        guard: AddressGuard {
            allow: vec![parse_net("127.0.0.0/8").expect("a network")],
            deny: vec![],
        },
    }
}

#[test]
fn the_corpus_is_judged_as_it_says() {
    let mut broken = vec![];
    for (verdict, url) in cases() {
        let judged = match UrlRules::default().check(&url) {
            Ok(allowed) => format!("ok {}", allowed.as_str()),
            Err(refusal) => refusal.rule().to_owned(),
        };
        if judged != verdict {
            broken.push(format!("{url:?}: expected {verdict}, got {judged}"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_corpus_shows_every_rule() {
    for refusal in UrlRefusal::ALL {
        let shown = cases().any(|(verdict, _)| verdict == refusal.rule());
        assert!(shown || refusal == UrlRefusal::TooLong, "{}", refusal.rule());
        assert_eq!(UrlRefusal::from_rule(refusal.rule()), Some(refusal));
    }
}

#[test]
fn what_is_normal_stays_so() {
    for (_, url) in cases() {
        if let Ok(allowed) = UrlRules::default().check(&url) {
            let again = UrlRules::default().check(allowed.as_str()).expect("still allowed");
            assert_eq!(again.as_str(), allowed.as_str());
        }
    }
}

#[test]
fn the_length_counts_as_entered_and_as_stored() {
    let prefix = "https://receiver.acme.com/";
    let fits = format!("{prefix}{}", "a".repeat(2048 - prefix.len()));
    assert!(UrlRules::default().check(&fits).is_ok());
    let grows = format!("{prefix}{}", "ä".repeat(400));
    for long in [format!("{fits}a"), grows] {
        assert_eq!(UrlRules::default().check(&long).err(), Some(UrlRefusal::TooLong));
    }
}

#[test]
fn operators_may_allow_http_ports_and_networks() {
    let allowed = ["http://127.0.0.1:4711/hook", "http://receiver.acme.com/", "https://127.9.9.9/"];
    for url in allowed {
        assert!(development().check(url).is_ok(), "{url}");
        assert!(UrlRules::default().check(url).is_err(), "{url}");
    }
    let refused = [
        ("http://localhost:4711/", UrlRefusal::LocalName),
        ("http://10.0.0.1/", UrlRefusal::ForbiddenAddress),
        ("http://127.0.0.1:0/", UrlRefusal::Port),
        ("ftp://127.0.0.1/", UrlRefusal::Scheme),
    ];
    for (url, refusal) in refused {
        assert_eq!(development().check(url).err(), Some(refusal), "{url}");
    }
    let some =
        UrlRules { allow_ports: "9443, 8080".parse().expect("ports"), ..UrlRules::default() };
    assert!(some.check("https://receiver.acme.com:9443/").is_ok());
    assert_eq!(some.check("https://receiver.acme.com:9444/").err(), Some(UrlRefusal::Port));
}

#[test]
fn ports_are_read_and_written_in_one_form() {
    for (text, expected) in [("*", "*"), (" *, ", "*"), ("", ""), (" 80 ,9443,", "80,9443")] {
        assert_eq!(
            text.parse::<AllowPorts>().map(|ports| ports.to_string()).as_deref(),
            Ok(expected)
        );
    }
    for wrong in ["0", "65536", "-1", "http", "80;81", "*,80"] {
        assert!(wrong.parse::<AllowPorts>().is_err(), "{wrong}");
    }
    let both = "*,8080".parse::<AllowPorts>().expect_err("either");
    assert!(both.contains("write it alone"), "{both}");
    for signed in ["+8080", "8080,+9443", "-1"] {
        let told = signed.parse::<AllowPorts>().expect_err(signed);
        assert!(told.contains("is no port"), "{told}");
    }
}

#[test]
fn a_url_tells_its_parts_and_never_prints_itself() {
    let url = development().check("http://[::ffff:127.0.0.1]:4711/secret-path").expect("allowed");
    assert_eq!((url.host(), url.port()), ("[::ffff:7f00:1]", 4711));
    assert!(url.literal().is_some());
    assert_eq!(format!("{url:?}"), "WebhookUrl");
    let url = UrlRules::default().check("https://Bücher.acme.com/hook").expect("allowed");
    assert_eq!((url.host(), url.port(), url.literal()), ("xn--bcher-kva.acme.com", 443, None));
}

#[test]
fn admins_are_warned_of_urls_that_will_disappoint() {
    let cases = [
        ("https://n8n.acme.com/webhook-test/1f2e", "120 seconds"),
        ("https://hooks.slack.com/services/T0/B0/x", "Slack"),
        ("https://acme.webhook.office.com/webhookb2/1", "Teams"),
        ("https://discord.com/api/webhooks/1/x", "Discord"),
        ("https://chat.googleapis.com/v1/spaces/a/messages", "Google Chat"),
        ("https://script.google.com/macros/s/x/exec", "redirect"),
        ("https://webhook.site/0a1b", "anybody"),
        ("https://3f2a.ngrok-free.app/hook", "tunnel"),
        ("http://127.0.0.1:4711/", "not encrypted"),
    ];
    for (url, about) in cases {
        let warnings = warnings(&development().check(url).expect("allowed"));
        assert_eq!(warnings.len(), 1, "{url}");
        assert!(warnings[0].contains(about), "{}", warnings[0]);
    }
    let plain = development().check("https://hooks.zapier.com/hooks/catch/1/a").expect("allowed");
    assert!(warnings(&plain).is_empty());
}

#[test]
fn rule_by_rule_a_url_is_judged_as_when_it_is_registered() {
    for (verdict, url) in cases() {
        let (allowed, verdicts) = UrlRules::default().verdicts(&url);
        let broken: Vec<_> = verdicts.iter().filter(|it| it.passed == Some(false)).collect();
        match UrlRules::default().check(&url) {
            Ok(checked) => {
                assert_eq!(allowed, Some(checked), "{url:?}");
                assert!(verdicts.iter().all(|it| it.passed == Some(true)), "{url:?}: {verdicts:?}");
            }
            Err(refusal) => {
                assert_eq!(allowed, None, "{url:?}: {verdict}");
                assert_eq!(broken.len(), 1, "{url:?}: {verdicts:?}");
                assert_eq!(broken[0].rule, refusal.breaks(), "{url:?}");
                assert_eq!(broken[0].detail, Some(refusal.to_string()), "{url:?}");
            }
        }
        for it in &verdicts {
            assert_eq!(it.detail.is_some(), it.passed == Some(false), "{url:?}: {it:?}");
        }
    }
    for refusal in UrlRefusal::ALL {
        let told = UrlRules::default().verdicts("x").1;
        assert!(told.iter().any(|it| it.rule == refusal.breaks()), "{refusal:?}: of URLs");
    }
}

#[test]
fn each_letter_that_is_typed_tells_how_far_the_url_is_right() {
    let told = |text: &str| {
        let (_, verdicts) = UrlRules::default().verdicts(text);
        let sign = |it: &Verdict| it.passed.map_or('?', |passed| if passed { '+' } else { '-' });
        verdicts.iter().map(sign).collect::<String>()
    };
    let table = [
        ("", "?-????????"),
        ("h", "+-????????"),
        ("https://", "+-????????"),
        ("http://hooks.acme.com", "+++-??????"),
        ("https://ada@hooks.acme.com", "++++-?????"),
        ("https://hooks.acme.com/#a", "+++++-????"),
        ("https://hooks.acme.com:22/", "++++++-???"),
        ("https://hooks..acme.com/", "+++++++-??"),
        ("https://example.com/", "++++++++-?"),
        ("https://hooks", "+++++++++-"),
        ("https://127.0.0.1/", "+++++++++-"),
        ("https://hooks.acme.com/in", "++++++++++"),
        ("https://hooks.acme.com/ in", "-?????????"),
        ("https://hooks.acme.com:99999", "+?????-???"),
    ];
    for (text, verdicts) in table {
        assert_eq!(told(text), verdicts, "{text:?}");
    }
    assert_eq!(UrlRules::default().title(WebhookRule::Https), "Starts with https://");
    assert_eq!(development().title(WebhookRule::Https), "Starts with https:// or http://");
}
