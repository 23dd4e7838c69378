//! Clients that cost little, since they share the cores with what they measure: one thread, one
//! connection each that stays, bodies made beforehand.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{PEOPLE, WEBHOOKS};
use crate::installation::Installation;
use crate::latency::Samples;
use crate::load::Callers;

/// How long a phase may take.
const LIMIT: Duration = Duration::from_secs(300);

/// What clients saw.
pub struct Confirmed {
    /// From the first request to the last answer.
    pub seconds: f64,
    /// From a request to the last byte of its answer.
    pub samples: Samples,
}

/// Has this many clients confirm so many exports together, each its next one as soon as its last
/// one was accepted. Any answer but 202 breaks the benchmark off.
pub fn confirm(
    installation: &Installation,
    callers: &Callers,
    (clients, exports): (u32, u32),
    keyed: bool,
) -> Confirmed {
    let address = installation.api().url.authority().to_owned();
    let requests = Arc::new(Requests::prepare(callers, address, keyed));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let mut connections = Vec::new();
        for _ in 0..clients {
            connections.push(connect(&requests.address).await);
        }
        let started = Instant::now();
        let mut loops = JoinSet::new();
        for (client, connection) in (0..clients).zip(connections) {
            let numbers = (client..exports).step_by(clients as usize);
            loops.spawn(one_after_another(connection, Arc::clone(&requests), numbers));
        }
        let samples = tokio::time::timeout(LIMIT, loops.join_all()).await.expect("answers in time");
        Confirmed {
            seconds: started.elapsed().as_secs_f64(),
            samples: Samples::new(samples.into_iter().flatten()),
        }
    })
}

type Connection = SendRequest<Full<Bytes>>;

async fn connect(address: &str) -> Connection {
    let stream = TcpStream::connect(address).await.expect("an API that listens");
    stream.set_nodelay(true).expect("a TCP option");
    let (connection, driver) = handshake(TokioIo::new(stream)).await.expect("a connection");
    // When it ends early, the next request on it says so.
    tokio::spawn(driver);
    connection
}

/// Sends the requests with these numbers; how long each took.
async fn one_after_another(
    mut connection: Connection,
    requests: Arc<Requests>,
    numbers: impl Iterator<Item = u32>,
) -> Vec<Duration> {
    let mut samples = Vec::new();
    for number in numbers {
        let request = requests.number(number as usize);
        let asked = Instant::now();
        connection.ready().await.expect("a connection that the API keeps open");
        let answer = connection.send_request(request).await.expect("an answer");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a whole answer").to_bytes();
        samples.push(asked.elapsed());
        assert_eq!(status, StatusCode::ACCEPTED, "{}", String::from_utf8_lossy(&body));
    }
    samples
}

/// What the clients send.
struct Requests {
    address: String,
    /// Of each webhook: the bearer token, and a body for each person.
    webhooks: Vec<(String, Vec<Bytes>)>,
    keyed: bool,
}

impl Requests {
    fn prepare(callers: &Callers, address: String, keyed: bool) -> Self {
        let body = |number, turn| Bytes::from(callers.request(number, turn).1.to_string());
        let webhooks = WEBHOOKS.map(|number| {
            let bearer = format!("Bearer {}", callers.request(number, 0).0);
            (bearer, (0..PEOPLE).map(|turn| body(number, turn)).collect())
        });
        Self { address, webhooks: webhooks.collect(), keyed }
    }

    /// The webhooks in turn, and their people in turn.
    fn number(&self, number: usize) -> Request<Full<Bytes>> {
        let (bearer, bodies) = &self.webhooks[number % self.webhooks.len()];
        let body = &bodies[number / self.webhooks.len() % bodies.len()];
        let mut request = Request::post("/v1/exports")
            .header("host", &self.address)
            .header("authorization", bearer)
            .header("content-type", "application/json");
        if self.keyed {
            request = request.header("idempotency-key", Uuid::now_v7().to_string());
        }
        request.body(Full::new(body.clone())).expect("a request")
    }
}
