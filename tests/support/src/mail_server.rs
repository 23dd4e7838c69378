//! A scriptable SMTP server on 127.0.0.1 (RFC 5321): it keeps every mail that it got whole, and answers as
//! told. Where it has an account, it takes no mail before a login (AUTH PLAIN, RFC 4954). Waiting for a mail is waiting on a channel, never a sleep.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::receiver::DEADLINE;

/// What the server does with those who come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It takes mail.
    Take,
    /// It lets them connect and says nothing.
    Hang,
    /// It reads a mail whole, and never says what came of it.
    Hold,
}

/// A mail that came whole.
#[derive(Debug, Clone)]
pub struct Received {
    /// Who it is for, as the envelope says.
    pub to: String,
    /// Head and body, with the line ends of mail.
    pub data: String,
}

impl Received {
    /// A header of one line.
    pub fn header(&self, name: &str) -> &str {
        let (head, _) = self.data.split_once("\r\n\r\n").expect("a head and a body");
        let found = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found.unwrap_or_else(|| panic!("no header {name}: {head}"))
    }

    /// The text, as it was before it was encoded (quoted-printable, RFC 2045).
    pub fn text(&self) -> String {
        let (_, body) = self.data.split_once("\r\n\r\n").expect("a head and a body");
        let joined = body.replace("=\r\n", "");
        let mut pieces = joined.split('=');
        let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
        for piece in pieces {
            let (digits, rest) = piece.split_at(2);
            bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
            bytes.extend_from_slice(rest.as_bytes());
        }
        String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
    }
}

#[derive(Debug)]
struct Shared {
    manner: Mutex<Manner>,
    /// Codes for single addresses.
    refused: Mutex<HashMap<String, u16>>,
    /// User and password, where a login is asked for.
    account: Mutex<Option<(String, String)>>,
    mails: mpsc::UnboundedSender<Received>,
}

/// The server; it stops with the test.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    mails: mpsc::UnboundedReceiver<Received>,
}

impl MailServer {
    /// Starts one that takes mail.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, mails) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            manner: Mutex::new(Manner::Take),
            refused: Mutex::default(),
            account: Mutex::default(),
            mails: sender,
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&serving);
                tokio::spawn(async move {
                    // Who hangs up in the middle has said all.
                    drop(converse(stream, &shared).await);
                });
            }
        });
        Self { address, shared, mails }
    }

    /// What `SMTP_URL` says.
    pub fn url(&self) -> String {
        format!("smtp://{}?tls=off", self.address)
    }

    /// What `SMTP_URL` says with a login, of letters and digits.
    pub fn url_as(&self, user: &str, password: &str) -> String {
        format!("smtp://{user}:{password}@{}?tls=off", self.address)
    }

    /// From now on it takes mail from this user alone.
    pub fn ask_for(&self, user: &str, password: &str) {
        *lock(&self.shared.account) = Some((user.to_owned(), password.to_owned()));
    }

    /// From now on.
    pub fn be(&self, manner: Manner) {
        *lock(&self.shared.manner) = manner;
    }

    /// Answers this address with a code.
    pub fn refuse(&self, address: &str, code: u16) {
        lock(&self.shared.refused).insert(address.to_owned(), code);
    }

    /// The next mail.
    pub async fn next(&mut self) -> Received {
        let mail = tokio::time::timeout(DEADLINE, self.mails.recv()).await;
        mail.expect("a mail in time").expect("the server runs")
    }

    /// Those that came and were not taken from here.
    pub fn others(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.mails.try_recv().ok()).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn converse(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let manner = *lock(&shared.manner);
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    if manner == Manner::Hang {
        while lines.next_line().await?.is_some() {}
    }
    writing.write_all(b"220 mail.example.com\r\n").await?;
    let mut to = String::new();
    let account = lock(&shared.account).clone();
    let mut known = account.is_none();
    while let Some(line) = lines.next_line().await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" if account.is_some() => "250-mail.example.com\r\n250 AUTH PLAIN".to_owned(),
            "AUTH" => {
                known = account.as_ref().is_some_and(|account| is_login(&line, account));
                if known { "235 welcome" } else { "535 no" }.to_owned()
            }
            "MAIL" if !known => "530 log in first".to_owned(),
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let refused = lock(&shared.refused).get(&to).copied();
                refused.map_or("250 ok".to_owned(), |code| format!("{code} no"))
            }
            "DATA" => {
                writing.write_all(b"354 go on\r\n").await?;
                let data = data(&mut lines).await?;
                drop(shared.mails.send(Received { to: to.clone(), data }));
                if manner == Manner::Hold {
                    continue;
                }
                "250 taken".to_owned()
            }
            "QUIT" => return writing.write_all(b"221 bye\r\n").await,
            _ => "250 ok".to_owned(),
        };
        writing.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// `AUTH PLAIN` with the answer in the same line (RFC 4616).
fn is_login(line: &str, (user, password): &(String, String)) -> bool {
    let expected = BASE64.encode(format!("\0{user}\0{password}"));
    line.strip_prefix("AUTH PLAIN ").is_some_and(|given| given == expected)
}

/// A mail up to its lonely dot; doubled dots become one.
async fn data(
    lines: &mut tokio::io::Lines<BufReader<tokio::net::tcp::OwnedReadHalf>>,
) -> std::io::Result<String> {
    let mut data = String::new();
    while let Some(line) = lines.next_line().await? {
        if line == "." {
            break;
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push_str("\r\n");
    }
    Ok(data)
}
