//! The judge of all stories, on a page that does what none may: each breach is noted.

use std::net::SocketAddr;
use std::path::Path;

use support::Browser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Of the console; `connect-src` lets the page ask another server, as a bug of ours would.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src *; \
    img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";
const PAGE: &str = "<!DOCTYPE html><html lang=en><head><title>Bad</title><link rel=icon href=/i>\
    <script src=/bad.js></script></head><body><main><h1>Bad page</h1>\
    <p style=\"color: red\">Text</p><label>Name <input></label><button onclick=\"x()\">Go</button>\
    <label>Kind <select><option>One<option>Two</select></label>\
    <ul><li>First <button>Delete</button><li>Second <button>Delete</button></ul>\
    <img src=/image></main></body></html>";

/// A script that does it all, once the page is there.
fn script(other: SocketAddr) -> String {
    format!(
        "addEventListener('load', () => {{\
         try {{ document.body.lastChild.innerHTML = '<b>x</b>' }} catch {{ }}\
         fetch('/refused'); fetch('http://{other}/').catch(() => {{ }});\
         for (const button of document.querySelectorAll('li button')) \
         button.addEventListener('click', () => button.parentNode.remove());\
         document.querySelector('input').addEventListener('input', \
         (event) => {{ document.querySelector('p').textContent = 'Hello ' + event.target.value }});\
         console.error('said so'); Promise.reject(new Error('nobody waits')); \
         setTimeout(() => {{ document.querySelector('h1').textContent = 'Worse page'; \
         throw new Error('thrown') }}, 0) }})"
    )
}

async fn serve(listener: TcpListener, other: SocketAddr) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(answer(socket, other));
    }
}

async fn answer(mut socket: TcpStream, other: SocketAddr) {
    let mut head = vec![0; 8192];
    let Ok(read) = socket.read(&mut head).await else { return };
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    let (status, media_type, body) = match head.split(' ').nth(1) {
        Some("/bad.js") => (200, "text/javascript", script(other)),
        Some("/refused") => (403, "text/plain", "no".to_owned()),
        Some("/") => (200, "text/html", PAGE.to_owned()),
        _ => (200, "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_owned()),
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\
         content-security-policy: {POLICY}\r\nconnection: close\r\n\r\n{body}"
    );
    drop(socket.write_all(answer.as_bytes()).await);
}

async fn bad_server() -> Url {
    let free = async || TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let (ours, other) = (free().await, free().await);
    let address = ours.local_addr().expect("an address");
    let elsewhere = other.local_addr().expect("an address");
    tokio::spawn(serve(ours, elsewhere));
    tokio::spawn(serve(other, elsewhere));
    format!("http://{address}/").parse().expect("a URL")
}

pub(crate) async fn what_a_page_must_not_do_is_noted() {
    let browser = Browser::start(&bad_server().await).await;
    browser.load("/").await;
    browser.heading("Worse page").await;
    browser.fill("Name", "Ada").await;
    browser.sees("Hello Ada").await;
    assert_eq!(browser.value("Name").await, "Ada");
    browser.choose("Kind", "Two").await;
    assert_eq!(browser.value("Kind").await, "Two");
    browser.within("listitem", "First").click("Delete").await;
    browser.counts("listitem", 1).await;
    browser.sees_not("First").await;
    browser.press("Shift+Tab").await;
    browser.focuses("Kind").await;
    let mut faults = Vec::new();
    for part in [
        "inline event handler",
        "inline style",
        "TrustedHTML",
        "status of 403",
        "said so",
        "nobody waits",
        "thrown",
        "a request to http://127.0.0.1:",
    ] {
        while !faults.iter().any(|fault: &String| fault.contains(part)) {
            let more = browser.faults().await;
            assert!(!more.is_empty(), "{part} is not noted: {faults:#?}");
            faults.extend(more);
        }
    }
    let picture = tempfile::NamedTempFile::new().expect("a file");
    let path: &Path = picture.path();
    assert!(browser.screenshot(path).await > 1_000);
    browser.finish().await;
}
