//! Where a redirect leads, without a path or a query: the host, and what differs on the same one.

use domain::attempt::Difference;
use http::header::{self, HeaderMap};
use url::Url;

use super::cut;

/// The host that a redirect points to, without the rest of its URL, and in what it differs from
/// `base` where it is the same host. None of one that leads to no URL a webhook could have.
pub(crate) fn redirect(headers: &HeaderMap, base: &Url) -> Option<(String, Vec<Difference>)> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    let target = base.join(location).ok()?;
    let host = target.host_str().filter(|_| matches!(target.scheme(), "http" | "https"))?;
    let same = host.trim_end_matches('.') == base.host_str()?;
    let differs = if same { differences(base, &target) } else { Vec::new() };
    let host = if same { base.host_str()? } else { host };
    Some((cut(host).to_owned(), differs))
}

fn differences(base: &Url, target: &Url) -> Vec<Difference> {
    let (from, to) = (base.path(), target.path());
    let (from_port, to_port) = (base.port_or_known_default(), target.port_or_known_default());
    // The port of the scheme goes with the scheme.
    let port = from_port != to_port
        && !(base.scheme() != target.scheme() && base.port().is_none() && target.port().is_none());
    let all = [
        (base.scheme() != target.scheme() && target.scheme() == "https", Difference::Https),
        (base.scheme() != target.scheme() && target.scheme() == "http", Difference::Http),
        (port, Difference::Port),
        (from != to && without_slash(from) == without_slash(to), Difference::Slash),
        (without_slash(from) != without_slash(to), Difference::Path),
        (from == to && base.query() != target.query(), Difference::Query),
    ];
    let found = all.into_iter().filter_map(|(differs, what)| differs.then_some(what));
    let found: Vec<_> = found.collect();
    if found.is_empty() { vec![Difference::Nothing] } else { found }
}

fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn of(base: &str, location: &str) -> Option<(String, Vec<Difference>)> {
        let value = HeaderValue::from_str(location).expect("a value");
        let headers = HeaderMap::from_iter([(header::LOCATION, value)]);
        redirect(&headers, &Url::parse(base).expect("a URL"))
    }

    #[test]
    fn what_differs_on_the_same_host() {
        use Difference::{Http, Https, Nothing, Path, Port, Query, Slash};
        let (base, plain) = ("https://a.acme.com/hook", "http://a.acme.com/hook");
        let cases: [(&str, &str, &[Difference]); 19] = [
            (base, "/hook/", &[Slash]),
            (base, "https://a.acme.com/hook/", &[Slash]),
            (base, "https://A.ACME.com:443/hook/", &[Slash]),
            (base, "hook/?x=1", &[Slash]),
            ("https://a.acme.com/hook/", "/hook", &[Slash]),
            (base, "/other", &[Path]),
            (base, "other", &[Path]),
            (base, "//a.acme.com/hook/other", &[Path]),
            (base, "/hook?x=1", &[Query]),
            (base, "?x=1", &[Query]),
            (base, "http://a.acme.com/hook", &[Http]),
            (base, "http://a.acme.com/", &[Http, Path]),
            (base, "https://a.acme.com:8443/hook", &[Port]),
            (plain, "https://a.acme.com/hook", &[Https]),
            (plain, "https://a.acme.com:8443/hook/", &[Https, Port, Slash]),
            ("http://a.acme.com:8080/hook", "https://a.acme.com/hook", &[Https, Port]),
            (base, "/hook", &[Nothing]),
            (base, "#part", &[Nothing]),
            (base, "https://a.acme.com./hook", &[Nothing]),
        ];
        for (base, location, expected) in cases {
            let expected = Some(("a.acme.com".to_owned(), expected.to_vec()));
            assert_eq!(of(base, location), expected, "{base} to {location}");
        }
        for nowhere in
            ["javascript:alert(1)", "mailto:a@b.acme.com", "ftp://b.acme.com/", "wss://a"]
        {
            assert_eq!(of(base, nowhere), None, "{nowhere}");
        }
        let elsewhere = Some(("b.acme.com".to_owned(), vec![]));
        assert_eq!(of(base, "https://b.acme.com/hook/"), elsewhere);
        assert_eq!(of(base, "//www.a.acme.com/hook").map(|(_, differs)| differs), Some(vec![]));
    }

    proptest! {
        #[test]
        fn of_a_redirect_only_the_host_is_kept(location in super::super::tests::value()) {
            let given = HeaderMap::from_iter([(header::LOCATION, location)]);
            let base = Url::parse("https://hooks.example.com/secret?key=1").expect("a URL");
            if let Some((host, differs)) = redirect(&given, &base) {
                prop_assert!(host.len() <= super::super::HEADER_CHARACTERS);
                prop_assert!(host.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(!host.contains(['/', '?', '#', '@', '\\']));
                prop_assert_eq!(differs.is_empty(), host != "hooks.example.com");
            }
        }
    }
}
