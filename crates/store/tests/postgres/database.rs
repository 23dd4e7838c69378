//! A database of its own for each test, copied from one that is migrated once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::actor::Actor;
use domain::id::OrganisationId;
use localpg::Cluster;
use store::{Conn, organisations};

use crate::actors::{admin, operator, recruiter, support};

const TEMPLATE: &str = "template_store";

/// A guard against hanging, not a measure: what has not come by then never will.
const LONGEST: Duration = Duration::from_secs(60);

/// A migrated database with two organisations.
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) conn: Conn,
    pub(crate) northwind: OrganisationId,
    pub(crate) contoso: OrganisationId,
    /// Of Northwind.
    pub(crate) admin: Actor,
    /// A recruiter of Northwind.
    pub(crate) rosa: Actor,
    /// An admin of Contoso.
    pub(crate) stranger: Actor,
    pub(crate) support: Actor,
}

impl World {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("store_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let cluster = cluster();
        cluster.create_database(&name, TEMPLATE).expect("a copied database");
        let url = cluster.url(&name);
        let mut conn = Conn::establish(&url).expect("a connection");
        let northwind = organisation(&mut conn, "Northwind");
        let contoso = organisation(&mut conn, "Contoso");
        Self {
            url,
            conn,
            northwind,
            contoso,
            admin: admin(northwind),
            rosa: recruiter(northwind, "auth0|rosa"),
            stranger: admin(contoso),
            support: support(),
        }
    }

    /// One more connection, for what happens at the same time.
    pub(crate) fn connect(&self) -> Conn {
        Conn::establish(&self.url).expect("a connection")
    }

    /// Returns once another connection to this database waits for a lock.
    pub(crate) fn until_somebody_waits(&mut self) {
        self.until(
            "EXISTS (SELECT FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock')",
        );
    }

    /// Returns once this holds; fails when it never does.
    pub(crate) fn until(&mut self, condition: &str) {
        let query = format!("SELECT {condition} AS holds");
        let began = Instant::now();
        while began.elapsed() < LONGEST {
            let Answer { holds } =
                diesel::sql_query(&query).get_result(&mut self.conn).expect("Postgres");
            if holds {
                return;
            }
        }
        panic!("it is still not so that {condition}");
    }

    /// Returns in another millisecond of the database's clock: times are told that far.
    pub(crate) fn until_the_next_millisecond(&mut self) {
        let query = "DO $$
            DECLARE began timestamptz := date_trunc('milliseconds', clock_timestamp());
            BEGIN
                WHILE date_trunc('milliseconds', clock_timestamp()) = began LOOP END LOOP;
            END $$";
        self.sql(query);
    }

    /// Runs a statement that no function of the store has, to bring about a state.
    pub(crate) fn sql(&mut self, statement: &str) -> usize {
        diesel::sql_query(statement).execute(&mut self.conn).expect("a good statement")
    }
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    holds: bool,
}

fn organisation(conn: &mut Conn, name: &str) -> OrganisationId {
    organisations::add(conn, &operator(), name).expect("Postgres").expect("a free name").id
}

/// The cluster lives in a static, which is never dropped: it stops with this process.
fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let cluster = Cluster::throwaway().expect("a Postgres cluster for tests");
        cluster.ensure_database(TEMPLATE).expect("an empty database");
        store::migrate::run(&cluster.url(TEMPLATE)).expect("migrations");
        cluster
    })
}

#[test]
fn organisations_have_names_of_their_own() {
    let mut world = World::new();
    let conn = &mut world.conn;
    let taken = organisations::add(conn, &operator(), "Contoso").expect("Postgres");
    assert_eq!(taken, Err(organisations::AddRefusal::NameTaken));
    let names = |conn: &mut Conn, actor: &Actor| {
        let listed = organisations::list(conn, actor).expect("Postgres");
        listed.into_iter().map(|one| one.name).collect::<Vec<_>>()
    };
    assert_eq!(names(conn, &operator()), ["Contoso", "Northwind"]);
    assert_eq!(names(conn, &world.admin), ["Northwind"], "a member sees no other customer");
    let found = organisations::of(conn, &world.admin).expect("Postgres");
    assert_eq!(found.map(|one| one.name).as_deref(), Some("Northwind"));
    let unknown = admin(uuid::Uuid::from_u128(1).into());
    assert_eq!(organisations::of(conn, &unknown).expect("Postgres"), None);
    assert_eq!(organisations::of(conn, &world.support).expect("Postgres"), None);
    let known = [&world.admin, &world.rosa, &world.support, &unknown]
        .map(|actor| organisations::is_known(conn, actor).expect("Postgres"));
    assert_eq!(known, [true, true, true, false]);
}
