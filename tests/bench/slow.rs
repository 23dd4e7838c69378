//! What clients that send the head of a request a byte at a time cost the others. Control: the same
//! requests without them.

use std::time::{Duration, Instant};

use support::Client;
use support::settings::identity;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::installation::Installation;
use crate::latency::Samples;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::table::{Line, Wanted};
use crate::tenants::organisation;

const SLOW: usize = 500;
/// From one byte to the next.
const GAP: Duration = Duration::from_millis(100);
/// Clients that ask as everybody does.
const CLIENTS: usize = 8;

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let postgres = Postgres::start(options);
    Runtime::new().expect("a runtime").block_on(measure(&postgres, options))
}

async fn measure(postgres: &Postgres, options: &Options) -> Vec<Line> {
    let mut installation = Installation::new(postgres);
    installation.start_api().await;
    let url = installation.api().url.clone();
    let address = format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"));
    let token = identity().token("recruiter", "Rosa", Some(&organisation(0).to_string()));
    let client = installation.api().anonymous().with_token(token);
    let time = options.amount(Duration::from_secs(15), Duration::from_secs(3));
    ask(&client, Duration::from_secs(2)).await;
    let (mut alone, mut beside) = (Samples::default(), Samples::default());
    for _ in 0..options.amount(3, 1) {
        alone = alone.and(ask(&client, time).await);
        let mut slow = JoinSet::new();
        (0..SLOW).for_each(|_| drop(slow.spawn(dawdle(address.clone()))));
        sleep(Duration::from_secs(2)).await;
        beside = beside.and(ask(&client, time).await);
        slow.shutdown().await;
    }
    println!("GET /v1/me alone               {}", alone.words());
    println!("beside {SLOW} slow connections    {}", beside.words());
    let line = Line::new(
        format!("slow: GET /v1/me beside {SLOW} slow heads, p99"),
        beside.percentile_ms(0.99),
        "ms",
    );
    vec![line.beside(alone.percentile_ms(0.99), "without").wanted(Wanted::RatioAtMost(2.0))]
}

/// Asks with all clients, each as soon as it was answered.
async fn ask(client: &Client, time: Duration) -> Samples {
    let until = Instant::now() + time;
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let client = client.clone();
        clients.spawn(async move {
            let mut samples = Vec::new();
            while Instant::now() < until {
                let begun = Instant::now();
                client.get("/v1/me").await.expect(200);
                samples.push(begun.elapsed());
            }
            samples
        });
    }
    Samples::new(clients.join_all().await.into_iter().flatten())
}

/// Sends a head that has no end, again and again.
async fn dawdle(address: String) {
    loop {
        let Ok(mut socket) = TcpStream::connect(&address).await else { continue };
        let head =
            "GET /v1/me HTTP/1.1\r\nHost: a\r\nX-Slow: ".bytes().chain(std::iter::repeat(b'a'));
        for byte in head {
            if socket.write_all(&[byte]).await.is_err() {
                break;
            }
            sleep(GAP).await;
        }
    }
}
