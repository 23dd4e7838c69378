//! The lists and their filters that are measured, alone and in pairs that hurt, for each role that
//! may use them. Values are common ones, rare ones and such that are not there.

use super::seed::Organisation;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// An admin of the organisation.
    Admin,
    /// A recruiter of it: their own exports and attempts.
    Recruiter,
    /// The support desk: all organisations.
    Support,
}

/// Filters by name.
pub type Filters = Vec<(&'static str, String)>;

/// A way to ask: its name, and what is asked for, by turns.
pub type Way = (&'static str, fn(&Organisation, usize) -> Filters);

/// A list, and how it is asked.
pub struct List {
    /// Its path.
    pub path: &'static str,
    /// The id in it, as the place of a vacancy.
    pub vacancy: Option<usize>,
    /// In words.
    pub name: &'static str,
    /// Who may.
    pub who: &'static [Who],
    /// The ways to ask; the first is what the others stand beside.
    pub filters: &'static [Way],
}

const ALL: &[Who] = &[Who::Admin, Who::Recruiter, Who::Support];
const MEMBERS: &[Who] = &[Who::Admin, Who::Recruiter];

/// All of them.
pub const LISTS: [List; 6] = [
    List {
        path: "/v1/exports",
        vacancy: None,
        name: "exports",
        who: ALL,
        filters: &[
            ("", |_, _| vec![]),
            ("status=queued", |_, _| one("status", "queued")),
            ("status=delivering", |_, _| one("status", "delivering")),
            ("status=retrying", |_, _| one("status", "retrying")),
            ("status=delivered", |_, _| one("status", "delivered")),
            ("status=failed", |_, _| one("status", "failed")),
            ("status=cancelled", |_, _| one("status", "cancelled")),
            ("status=failed,queued,delivered", |_, _| one("status", "failed,queued,delivered")),
            ("webhook_id", |it, turn| one("webhook_id", any(&it.webhooks, turn))),
            ("requested_by", |_, turn| one("requested_by", format!("auth0|rita-{}", turn % 3))),
            ("requested_by: e-mail", |_, turn| {
                one("requested_by", format!("rita-{}@example.com", turn % 3))
            }),
            ("host", |it, turn| one("host", any(&it.hosts, turn))),
            ("from, to: a day", |_, turn| day(turn)),
            ("status=failed, webhook_id", |it, turn| {
                [one("status", "failed"), one("webhook_id", any(&it.webhooks, turn))].concat()
            }),
            ("status=retrying, requested_by", |_, turn| {
                [one("status", "retrying"), one("requested_by", format!("auth0|rita-{}", turn % 3))]
                    .concat()
            }),
            ("status=delivered, host", |it, turn| {
                [one("status", "delivered"), one("host", any(&it.hosts, turn))].concat()
            }),
        ],
    },
    List {
        path: "/v1/exports",
        vacancy: None,
        name: "exports of a vacancy",
        who: MEMBERS,
        filters: &[
            ("vacancy_id", |it, turn| one("vacancy_id", any(&it.vacancies, turn))),
            ("vacancy_id, status=failed", |it, turn| {
                [one("status", "failed"), one("vacancy_id", any(&it.vacancies, turn))].concat()
            }),
        ],
    },
    List {
        path: "/v1/vacancies",
        vacancy: None,
        name: "vacancies",
        who: MEMBERS,
        filters: &[("", |_, _| vec![]), ("limit=3", |_, _| one("limit", "3"))],
    },
    List {
        path: "/v1/vacancies/{id}/applications",
        vacancy: Some(0),
        name: "applications",
        who: MEMBERS,
        filters: APPLICATIONS,
    },
    List {
        path: "/v1/vacancies/{id}/applications",
        vacancy: Some(1),
        name: "applications of 50,000",
        who: &[Who::Admin],
        filters: APPLICATIONS,
    },
    List {
        path: "/v1/webhooks",
        vacancy: None,
        name: "webhooks",
        who: ALL,
        filters: &[("", |_, _| vec![])],
    },
];

/// The log has a benchmark of its own, at a size of its own; here it stands beside the rest.
pub const LOG: List = List {
    path: "/v1/attempts",
    vacancy: None,
    name: "attempts",
    who: ALL,
    filters: &[
        ("", |_, _| vec![]),
        ("outcome", |_, turn| {
            one("outcome", ["delivered", "http_5xx", "gone", "throttled"][turn % 4])
        }),
        ("http_status", |_, turn| one("http_status", ["200", "503", "410", "204"][turn % 4])),
        ("webhook_id", |it, turn| one("webhook_id", any(&it.webhooks, turn))),
        ("export_id", |it, turn| one("export_id", any(&it.exports, turn))),
        ("host", |it, turn| one("host", any(&it.hosts, turn))),
        ("requested_by", |_, turn| one("requested_by", format!("auth0|rita-{}", turn % 3))),
        ("from, to: a day", |_, turn| day(turn)),
        ("webhook_id, outcome", |it, turn| {
            [one("webhook_id", any(&it.webhooks, turn)), one("outcome", "gone")].concat()
        }),
    ],
};

const APPLICATIONS: &[Way] = &[
    ("", |_, _| vec![]),
    ("stage", |_, turn| {
        one("stage", ["Applied", "Screening", "Interview", "Offer", "Hired"][turn % 5])
    }),
    ("status", |_, turn| one("status", ["active", "rejected", "hired", "withdrawn"][turn % 4])),
    ("min_rating", |_, turn| one("min_rating", ["1", "4", "5", "6"][turn % 4])),
    ("applied_after", |_, turn| {
        day(turn)[..1].iter().map(|(_, at)| ("applied_after", at.clone())).collect()
    }),
    ("q: some", |_, turn| one("q", ["garcia", "rosa", "anne obrien", "example", "x"][turn % 5])),
    ("q: one", |_, turn| one("q", format!("p{}@example.com", 1 + turn * 7))),
    ("q: nobody", |_, turn| {
        one("q", ["nobody", "zq", "rosaq", "Weißmann", "山田", "garcia zoe"][turn % 6])
    }),
    ("q: nobody, blanks aside", |_, turn| {
        one("q", ["ng", "aexample", "nngarcia", "uan", "ia1"][turn % 5])
    }),
    ("stage, q", |_, turn| {
        [one("stage", "Offer"), one("q", ["garcia", "nobody"][turn % 2])].concat()
    }),
];

fn one(name: &'static str, value: impl Into<String>) -> Filters {
    vec![(name, value.into())]
}

fn any(values: &[String], turn: usize) -> String {
    values[turn % values.len()].clone()
}

fn day(turn: usize) -> Filters {
    let midnight = |ago: i64| {
        let at = chrono::Utc::now() - chrono::TimeDelta::days(ago);
        at.format("%Y-%m-%dT00:00:00Z").to_string()
    };
    let ago = 1 + i64::try_from(turn % 24).expect("small");
    vec![("from", midnight(ago)), ("to", midnight(ago - 1))]
}
