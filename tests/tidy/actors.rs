//! Who acts comes first: a function of the store that touches tenants' rows takes the actor right
//! after the connection, and nobody says whose rows they mean by anything else.

use crate::tree::{Source, none, rust};

/// Modules whose functions act for nobody, or for the operator, and why.
const WITHOUT_ACTOR: [(&str, &str); 11] = [
    ("queue", "workers act on all tenants alike"),
    ("news", "so they do where they tell members"),
    ("mails", "and where they write to them"),
    ("maintenance", "so does what goes by itself"),
    ("flags", "a sweep of the workers judges exports of all tenants alike"),
    ("invariants", "the checker of the chaos suite reads everything"),
    ("migrate", "it touches the schema"),
    ("receipt_keys", "they are public, and nobody's"),
    ("stats", "it counts without telling tenants apart"),
    ("crash", "it touches no row"),
    ("db", "it hands out connections"),
];

/// Functions that take a connection and touch no row.
const TOUCH_NO_ROW: [(&str, &str); 1] = [("webhooks/create", "new_id")];

/// The function that says who acts.
const FINDS_THE_ACTOR: [(&str, &str); 1] = [("api_keys/find", "find")];

/// Sweeps of the workers, for all tenants alike, in modules that act for somebody otherwise.
const SWEEPS: [(&str, &str); 2] =
    [("summaries/count", "count_on"), ("summaries/count", "drop_days")];

/// Functions that are about an organisation itself, or tell to whom something of theirs was shown.
const ABOUT_ORGANISATIONS: [(&str, &str); 2] =
    [("organisations/remove", "remove"), ("audit/download", "tell")];

#[test]
fn the_actor_follows_the_connection() {
    let store = rust().into_iter().filter_map(|source| {
        let module = source.path.strip_prefix("crates/store/src/")?.strip_suffix(".rs")?.to_owned();
        Some((module, source))
    });
    let offenders = store.flat_map(|(module, source)| offenders(&module, &source));
    none(offenders.collect(), "whose rows are meant is said by an &Actor after the connection");
}

/// Public functions of a module that say otherwise whose rows they mean, or not at all.
fn offenders(module: &str, source: &Source) -> Vec<String> {
    let top = module.split('/').next().unwrap_or_default();
    if WITHOUT_ACTOR.iter().any(|(name, _)| *name == top) {
        return Vec::new();
    }
    let offence = |(name, parameters): (&str, Vec<&str>)| {
        let kinds: Vec<_> = parameters.iter().map(|parameter| kind(parameter)).collect();
        let connection = kinds.iter().position(|kind| is_connection(kind));
        let follows = connection.map(|at| kinds.get(at + 1).is_some_and(|kind| *kind == "&Actor"));
        let without = TOUCH_NO_ROW.iter().chain(&FINDS_THE_ACTOR).chain(&SWEEPS);
        let touches = !without.copied().any(|known| known == (module, name));
        let about = ABOUT_ORGANISATIONS.contains(&(module, name));
        let why = if !about && kinds.iter().any(|kind| kind.contains("OrganisationId")) {
            "takes an organisation"
        } else if touches && follows == Some(false) {
            "takes a connection without an actor"
        } else {
            return None;
        };
        Some(format!("{}: {name} {why}", source.path))
    };
    public_functions(&source.text).into_iter().filter_map(offence).collect()
}

fn is_connection(kind: &str) -> bool {
    ["&mut Conn", "&mut impl Connect", "&mut PgConnection"].contains(&kind)
}

/// The type of a parameter.
fn kind(parameter: &str) -> &str {
    parameter.split_once(':').map_or(parameter, |(_, kind)| kind).trim()
}

/// Names and parameters of functions that other crates may call.
fn public_functions(text: &str) -> Vec<(&str, Vec<&str>)> {
    let starts = text.match_indices("pub fn ").chain(text.match_indices("pub async fn "));
    let function = |(at, keyword): (usize, &str)| {
        let rest = &text[at + keyword.len()..];
        let name = rest.split(['(', '<']).next()?;
        Some((name, parameters(&rest[name.len()..])?))
    };
    starts.filter_map(function).collect()
}

/// The parameters of a function, whose text begins with its generics or its parenthesis.
fn parameters(text: &str) -> Option<Vec<&str>> {
    let (mut depth, mut angles, mut open, mut from) = (0, 0, None, 0);
    let mut found = Vec::new();
    let arrow = |at: usize| at > 0 && matches!(text.as_bytes()[at - 1], b'-' | b'=');
    for (at, character) in text.char_indices() {
        match character {
            '<' => angles += 1,
            '>' if !arrow(at) => angles -= 1,
            '(' | '[' => {
                if open.is_none() && angles == 0 {
                    (open, from) = (Some(depth), at + 1);
                }
                depth += 1;
            }
            ')' | ']' => {
                depth -= 1;
                if open == Some(depth) {
                    found.push(text[from..at].trim());
                    return Some(found.into_iter().filter(|one| !one.is_empty()).collect());
                }
            }
            ',' if open == Some(depth - 1) && angles == 0 => {
                found.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    None
}

#[test]
fn the_checker_finds_what_it_is_for() {
    let text = "
        pub fn good(conn: &mut Conn, actor: &Actor, id: ExportId) -> QueryResult<()> {}
        pub fn apart<T: Fn(u8) -> u8>(\n    db: &mut impl Connect,\n    actor: &Actor,\n) {}
        pub fn without(self, ids: &[OrganisationName]) {}
        pub(crate) fn inner(conn: &mut Conn, organisation: OrganisationId) {}
        fn private(conn: &mut Conn) {}
        pub fn new_id(conn: &mut Conn) {}
        pub fn alone(conn: &mut Conn) {}
        pub fn late(conn: &mut Conn, id: ExportId, actor: &Actor) {}
        pub fn owned(conn: &mut Conn, actor: Actor) {}
        pub fn loose(\n    conn: &mut Conn,\n    actor: &Actor,\n    organisation: Option<OrganisationId>,\n) {}
        pub fn tenant(organisation: OrganisationId, pair: (u8, u8)) {}
        pub async fn generic<'a, F: FnOnce(&mut Conn) -> u8>(db: &mut impl Connect, call: F) {}
    ";
    let found = |module: &str| {
        let path = format!("crates/store/src/{module}.rs");
        let offenders = offenders(module, &Source { path, text: text.to_owned() });
        let name = |one: String| one.split(' ').nth(1).expect("a name").to_owned();
        let mut names: Vec<_> = offenders.into_iter().map(name).collect();
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(found("exports"), "alone generic late loose new_id owned tenant");
    assert_eq!(found("webhooks/create"), "alone generic late loose owned tenant");
    assert_eq!(found("queue/claim"), "");
}

#[test]
fn the_exemptions_are_needed() {
    let store: Vec<_> =
        rust().into_iter().filter(|source| source.path.starts_with("crates/store/src/")).collect();
    let module = |name: &str| format!("crates/store/src/{name}.rs");
    let there = |name: &str| store.iter().any(|source| source.path == module(name));
    let gone = WITHOUT_ACTOR.iter().map(|(name, _)| *name).filter(|name| !there(name));
    none(gone.map(ToOwned::to_owned).collect(), "each exempted module is there");
    let exempted = TOUCH_NO_ROW.into_iter().chain(FINDS_THE_ACTOR).chain(ABOUT_ORGANISATIONS);
    for (name, function) in exempted {
        let source = store.iter().find(|source| source.path == module(name)).expect(name);
        assert!(source.text.contains(&format!("pub fn {function}(")), "{name}: {function}");
    }
}
