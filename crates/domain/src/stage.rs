//! The stages of a vacancy as a query names them: several, separated by commas, though a name may
//! have a comma itself.

use crate::name;

/// Which of a vacancy's stages a text names, in the vacancy's order; none when a part of it names
/// none. Case, form and blanks around commas are left aside. Where names overlap (`a,b` beside `a`
/// and `b`), the longer one is meant; `b,a` names the two.
pub fn named<'a>(text: &str, stages: &[&'a str]) -> Option<Vec<&'a str>> {
    let asked = parts(text);
    let names: Vec<_> = stages.iter().map(|stage| parts(stage)).collect();
    // From the end: whether the rest can be read, and by which name it then begins.
    let mut begins: Vec<Option<&[String]>> = vec![None; asked.len()];
    let mut readable = vec![false; asked.len()];
    readable.push(true);
    for at in (0..asked.len()).rev() {
        let here = names.iter().filter(|name| {
            asked[at..].starts_with(name) && !name.is_empty() && readable[at + name.len()]
        });
        begins[at] = here.max_by_key(|name| name.len()).map(Vec::as_slice);
        // Nothing between two commas names nothing, and harms nothing.
        readable[at] = begins[at].is_some() || (asked[at].is_empty() && readable[at + 1]);
    }
    if !readable[0] {
        return None;
    }
    let (mut at, mut chosen) = (0, Vec::new());
    while at < asked.len() {
        let name = begins[at];
        at += name.map_or(1, <[String]>::len);
        chosen.extend(name);
    }
    let is_chosen = |stage: &&str| chosen.contains(&parts(stage).as_slice());
    let named: Vec<_> = stages.iter().copied().filter(is_chosen).collect();
    if named.is_empty() { None } else { Some(named) }
}

/// What stands between commas, without regard to case and form.
fn parts(text: &str) -> Vec<String> {
    let folded = name::key(text);
    folded.split(',').map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_named_by_themselves_and_together() {
        let stages =
            ["Applied", "Interview, on site", "Offer", "Größe", "Interview", "on site", ","];
        let cases: [(&str, Option<&[&str]>); 17] = [
            ("Applied", Some(&["Applied"])),
            ("applied", Some(&["Applied"])),
            (" OFFER ,applied", Some(&["Applied", "Offer"])),
            ("offer,offer,", Some(&["Offer"])),
            ("Interview, on site", Some(&["Interview, on site"])),
            ("offer,interview,ON  SITE", Some(&["Interview, on site", "Offer"])),
            ("on site,interview", Some(&["Interview", "on site"])),
            ("interview,interview, on site", Some(&["Interview, on site", "Interview"])),
            ("GRÖSSE", Some(&["Größe"])),
            ("Gro\u{308}ße", Some(&["Größe"])),
            ("Applied,Rejected", None),
            ("Rejected", None),
            ("app", None),
            ("Applied Offer", None),
            ("", None),
            (" ", None),
            ("\0", None),
        ];
        for (text, expected) in cases {
            assert_eq!(named(text, &stages).as_deref(), expected, "{text:?}");
        }
        assert_eq!(named("a,b", &["a,b", "a", "b"]).as_deref(), Some(&["a,b"][..]));
        assert_eq!(named("b,a", &["a,b", "a", "b"]).as_deref(), Some(&["a", "b"][..]));
        assert_eq!(named("a,b,c", &["a,b", "b,c", "a"]).as_deref(), Some(&["b,c", "a"][..]));
        assert_eq!(named("one", &["One", "ONE"]).as_deref(), Some(&["One", "ONE"][..]));
        assert_eq!(named("Applied", &[]), None);
    }
}
