//! A server that wants TLS on a port where we spoke plain HTTP: some say so in a page of their own.

use domain::attempt::Response;

/// What such pages say, in lower case: nginx, Apache, Go, Tomcat.
const PAGES: [&str; 4] = [
    "plain http request was sent to https port",
    "speaking plain http to an ssl-enabled server port",
    "client sent an http request to an https server",
    "combination of host and port requires tls",
];

/// Whether an answer to a request without TLS asks for it.
pub(crate) fn wants_tls(response: &Response) -> bool {
    let body = String::from_utf8_lossy(&response.body).to_ascii_lowercase();
    response.status == 400 && PAGES.iter().any(|page| body.contains(page))
}
