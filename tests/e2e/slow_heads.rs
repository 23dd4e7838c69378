//! Clients that send the head of a request a byte at a time keep nobody else waiting, and are given up.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world;

const SLOW: usize = 500;
const HEAD: &[u8] = b"GET /v1/me HTTP/1.1\r\nHost: a\r\nX-Slow: ";

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_keep_nobody_waiting() {
    let world = world().workers(0).start().await;
    let address = world.api.url.socket_addrs(|| None).expect("an address")[0];
    let mut slow = Vec::new();
    for _ in 0..SLOW {
        slow.push(TcpStream::connect(address).await.expect("a connection"));
    }
    for byte in HEAD {
        for socket in &mut slow {
            socket.write_all(&[*byte]).await.expect("taken");
        }
        world.northwind.recruiter.get("/v1/me").await.expect(200);
    }
    for mut socket in slow {
        // However often a byte comes: the head as a whole has a deadline.
        let mut told = String::new();
        socket.read_to_string(&mut told).await.expect("an answer");
        assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
    }
}
