//! Recruiters who confirm exports through the real API: at a steady rate, whatever the answers
//! take, or as fast as a number of parallel clients can.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::identity::IdentityProvider;
use support::{Client, id_of, people, settings};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::latency::Samples;
use crate::postgres::Database;
use crate::receiver::Seen;
use crate::tenants::{ORGANISATIONS, organisation, webhook};

/// How long exports may be under way after the last was accepted before they count as lost.
const STRAGGLERS: Duration = Duration::from_secs(60);

/// One recruiter for each organisation.
#[derive(Debug, Clone)]
pub struct Callers(Arc<Vec<Caller>>);

#[derive(Debug)]
struct Caller {
    recruiter: Client,
    token: String,
    vacancy: String,
    applications: Vec<String>,
}

/// What the API answered to one confirmation, and when its client knew.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// The export; none when the API was too busy (503), which counts as never delivered.
    pub export: Option<Uuid>,
    /// When the answer was here, whole.
    pub at: Instant,
}

impl Callers {
    /// Imports a vacancy with this many people into each organisation.
    pub async fn import(anonymous: &Client, database: &Database, people: usize) -> Self {
        let identity: &IdentityProvider = settings::identity();
        let lines = people::ndjson(&people::vacancy_with_people("V-1", 0..people));
        let mut callers = Vec::new();
        for number in 0..ORGANISATIONS {
            let id = organisation(number).to_string();
            let admin = anonymous.with_token(identity.token("org_admin", "Ann", Some(&id)));
            let token = identity.token("recruiter", "Rosa", Some(&id));
            let import = admin.post("/v1/import").bytes("application/x-ndjson", lines.as_str());
            import.await.expect(200);
            let ids = database.sql(&format!(
                "SELECT vacancy_id, id FROM applications WHERE organisation_id = '{id}' AND counts ORDER BY id"
            ));
            let (vacancies, applications): (Vec<_>, Vec<_>) =
                ids.lines().filter_map(|line| line.split_once('|')).unzip();
            callers.push(Caller {
                recruiter: anonymous.with_token(&*token),
                token,
                vacancy: vacancies.first().map(ToString::to_string).expect("an application"),
                applications: applications.into_iter().map(str::to_owned).collect(),
            });
        }
        Self(Arc::new(callers))
    }

    fn of(&self, number: u32) -> &Caller {
        &self.0[(number % ORGANISATIONS) as usize]
    }

    /// What confirms an export of one person to webhook `number`, `turn` choosing whom, for clients
    /// of another kind: the bearer token, and the body.
    pub fn request(&self, number: u32, turn: usize) -> (&str, Value) {
        let caller = self.of(number);
        (&caller.token, caller.body(number, turn, 1))
    }

    /// Confirms one export of `people` people, `turn` choosing whom, to webhook `number`.
    pub async fn export(&self, number: u32, turn: usize, people: usize) -> Answer {
        let caller = self.of(number);
        let reply =
            caller.recruiter.post("/v1/exports").json(&caller.body(number, turn, people)).await;
        let at = Instant::now();
        if reply.status == 503 {
            return Answer { export: None, at };
        }
        let export = Uuid::parse_str(&id_of(&reply.expect(202))).expect("an id");
        Answer { export: Some(export), at }
    }

    /// Confirms `per_second` exports of one person each for `duration`, spread over these
    /// webhooks, at moments that follow no beat; waits for the last answer.
    pub async fn offer(
        &self,
        webhooks: Range<u32>,
        per_second: u32,
        duration: Duration,
    ) -> Vec<Answer> {
        let exports = (f64::from(per_second) * duration.as_secs_f64()) as u32;
        let (gap, started) = (1.0 / f64::from(per_second), tokio::time::Instant::now());
        let mut calls = JoinSet::new();
        for turn in 0..exports {
            // Within its own slot, so that the rate is exact and no poll falls into step with it.
            let due = (f64::from(turn) + rand::random::<f64>()) * gap;
            tokio::time::sleep_until(started + Duration::from_secs_f64(due)).await;
            let number = webhooks.start + turn % webhooks.len() as u32;
            let callers = self.clone();
            calls.spawn(async move { callers.export(number, turn as usize, 1).await });
        }
        calls.join_all().await
    }

    /// How many exports a second this many clients confirm together, each as soon as its last one
    /// was accepted.
    pub async fn rate(&self, webhooks: Range<u32>, clients: u32, duration: Duration) -> f64 {
        let started = Instant::now();
        let mut loops = JoinSet::new();
        for client in 0..clients {
            let (callers, webhooks) = (self.clone(), webhooks.clone());
            loops.spawn(async move {
                let mut done = 0_u32;
                while started.elapsed() < duration {
                    let number = webhooks.start + (client + done * clients) % webhooks.len() as u32;
                    let answer = callers.export(number, done as usize, 1).await;
                    done += u32::from(answer.export.is_some());
                }
                done
            });
        }
        let done: u32 = loops.join_all().await.into_iter().sum();
        f64::from(done) / started.elapsed().as_secs_f64()
    }
}

impl Caller {
    fn body(&self, number: u32, turn: usize, people: usize) -> Value {
        let applications = self.applications.iter().cycle().skip(turn % self.applications.len());
        json!({
            "vacancy_id": self.vacancy, "webhook_id": webhook(number),
            "application_ids": applications.take(people).collect::<Vec<_>>(),
        })
    }
}

/// From the client's 202 to the head of the receiver's request. Waits for stragglers; what never
/// came counts as infinite, what came before the 202 as nothing.
pub async fn latencies(answers: &[Answer], seen: &Seen) -> Samples {
    let given_up = Instant::now() + STRAGGLERS;
    let missing = |answer: &Answer| answer.export.is_some_and(|id| seen.first(id).is_none());
    while answers.iter().any(missing) && Instant::now() < given_up {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Samples::new(answers.iter().map(|answer| latency(*answer, seen)))
}

/// The same for one export, as it stands now.
pub fn latency(answer: Answer, seen: &Seen) -> Duration {
    let arrived = answer.export.and_then(|export| seen.first(export));
    arrived.map_or(Duration::MAX, |arrived| arrived.saturating_duration_since(answer.at))
}
