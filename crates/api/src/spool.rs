//! An import on its way in: to a temporary file first, so that a slow client holds no pooled
//! connection; then read back line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use domain::actor::Actor;
use domain::import::{LINE_BYTES, Line, LineError, parse_line};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use sha2::{Digest, Sha256};

use crate::authorized::{self, not_known};
use crate::extract::{announced, check_type};
use crate::imports::Place;
use crate::problem::{Kind, Problem};
use crate::state::State;
use crate::uploads::{self, Upload};

/// Most bytes of an import.
pub const LARGEST_IMPORT: u64 = 1024 * 1024 * 1024;
/// Most lines of an import.
pub const MOST_LINES: u64 = 1_000_000;
/// Bytes that are gathered before they are written.
const CHUNK: usize = 256 * 1024;
/// Longest pause between two pieces of the body.
const PATIENCE: Duration = Duration::from_secs(30);

/// A body of NDJSON in a temporary file without a name: it goes with the process.
pub struct Spool {
    file: File,
    bytes: u64,
    lines: u64,
    pending: Vec<u8>,
    /// Of what came, in the order in which it came.
    digest: Sha256,
    /// Its room in this process, until it was loaded.
    place: Option<Place>,
}

impl FromRequest for Spool {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            check_type(&request, "application/x-ndjson")?;
            if announced(&request).is_some_and(|length| length > LARGEST_IMPORT) {
                return Err(too_large());
            }
            let state = authorized::state(&request)?;
            check_free(&request, state).await?;
            let _turn = uploads::turn(&request, Upload::Import)?;
            let place = state.imports.enter()?;
            let received = Self::receive(payload, place);
            let spool = tokio::time::timeout(state.import_timeout, received).await;
            spool.map_err(|_| Problem::new(Kind::Timeout, "The import took too long to arrive."))?
        })
    }
}

impl Spool {
    async fn receive(mut payload: Payload, place: Place) -> Result<Self, Problem> {
        let file = tempfile::tempfile().map_err(Problem::internal)?;
        let pending = Vec::with_capacity(CHUNK);
        let digest = Sha256::new();
        let place = Some(place);
        let mut spool = Self { file, bytes: 0, lines: 0, pending, digest, place };
        loop {
            let piece = tokio::time::timeout(PATIENCE, payload.next()).await;
            let piece =
                piece.map_err(|_| Problem::new(Kind::Timeout, "The body stopped arriving."))?;
            let Some(piece) = piece else { break };
            let piece = piece.map_err(|_| Problem::new(Kind::Unparsable, "The body broke off."))?;
            spool.take(&piece)?;
            if spool.pending.len() >= CHUNK {
                spool = spool.write().await?;
            }
        }
        if spool.bytes == 0 {
            return Err(Problem::new(Kind::Unparsable, "The body is empty."));
        }
        spool.write().await
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), Problem> {
        let counted = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(counted(piece.len()));
        self.lines += counted(piece.iter().filter(|byte| **byte == b'\n').count());
        if self.bytes > LARGEST_IMPORT || self.lines > MOST_LINES {
            return Err(too_large());
        }
        self.pending.extend_from_slice(piece);
        Ok(())
    }

    async fn write(mut self) -> Result<Self, Problem> {
        let written = web::block(move || {
            self.file.write_all(&self.pending)?;
            self.digest.update(&self.pending);
            self.pending.clear();
            Ok::<_, io::Error>(self)
        });
        written.await.map_err(Problem::internal)?.map_err(Problem::internal)
    }

    /// SHA-256 of what was received.
    pub fn sha256(&self) -> [u8; 32] {
        self.digest.clone().finalize().into()
    }

    /// What was received, from its start.
    pub fn reader(self) -> impl BufRead {
        let Self { mut file, place, .. } = self;
        // A failure shows when reading begins, at the place that tells it.
        let rewound = file.rewind();
        BufReader::with_capacity(CHUNK, Rewound { file, failed: rewound.err(), _place: place })
    }
}

fn too_large() -> Problem {
    let detail = "An import may have at most 1 GiB and a million lines: split it.";
    Problem::new(Kind::BodyTooLarge, detail)
}

/// What would be in the way of an import is told before it is sent: an organisation that is not known,
/// and another import that is running.
async fn check_free(request: &HttpRequest, state: &State) -> Result<(), Problem> {
    let actor = request.extensions().get::<Arc<Actor>>().cloned();
    let Some(actor) = actor else { return Ok(()) };
    let asking = Arc::clone(&actor);
    let looked = state.db.run(move |conn| {
        let known = store::organisations::is_known(conn, &asking)?;
        Ok((known, known && store::import::is_running(conn, &asking)?))
    });
    match looked.await? {
        (false, _) => Err(not_known(&actor)),
        (true, true) => Err(import_in_progress()),
        (true, false) => Ok(()),
    }
}

/// Seconds after which an import that was in the way may have ended: most take less.
const IMPORT_ENDS_S: u64 = 2;

/// One file of an organisation at a time. The other import may be this very one, under the same key.
pub(crate) fn import_in_progress() -> Problem {
    let detail = "An import of your organisation is running: repeat this one, under the same \
                  Idempotency-Key, until it is answered.";
    Problem::new(Kind::ImportInProgress, detail).with_retry_after(IMPORT_ENDS_S)
}

struct Rewound {
    file: File,
    failed: Option<io::Error>,
    _place: Option<Place>,
}

impl Read for Rewound {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.file.read(buffer),
        }
    }
}

/// The lines of NDJSON with their numbers, from 1; blank ones are passed over. What
/// `store::import::load` takes.
pub fn lines(
    mut reader: impl BufRead,
) -> impl Iterator<Item = io::Result<(u64, Result<Line, LineError>)>> {
    let mut number = 0;
    let mut buffer = Vec::new();
    std::iter::from_fn(move || {
        loop {
            match read_line(&mut reader, &mut buffer) {
                Ok(false) => return None,
                Ok(true) => number += 1,
                Err(error) => return Some(Err(error)),
            }
            let line = buffer.strip_prefix(b"\xEF\xBB\xBF").filter(|_| number == 1);
            let line = line.unwrap_or(&buffer);
            if !line.trim_ascii().is_empty() {
                return Some(Ok((number, parse_line(line))));
            }
        }
    })
}

/// Reads a line without its end; of one that is too long, just enough for `parse_line` to say
/// so. False at the end.
fn read_line(reader: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<bool> {
    const LONGEST: u64 = LINE_BYTES as u64 + 2;
    buffer.clear();
    if reader.by_ref().take(LONGEST).read_until(b'\n', buffer)? == 0 {
        return Ok(false);
    }
    if buffer.pop_if(|byte| *byte == b'\n').is_none() {
        reader.skip_until(b'\n')?;
    }
    buffer.pop_if(|byte| *byte == b'\r');
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_refused_while_it_comes() {
        let spool = || Spool {
            file: tempfile::tempfile().expect("a file"),
            bytes: LARGEST_IMPORT - 2,
            lines: MOST_LINES - 1,
            pending: Vec::new(),
            digest: Sha256::new(),
            place: None,
        };
        assert!(spool().take(b"x\n").is_ok());
        for piece in ["\n\n", "xxx"] {
            let problem = spool().take(piece.as_bytes()).expect_err("refused");
            assert_eq!(problem.kind(), Kind::BodyTooLarge);
        }
    }

    #[test]
    fn lines_keep_their_numbers() {
        let long = "x".repeat(LINE_BYTES + 9);
        let vacancy = r#"{"kind":"vacancy","reference":"V","title":"T","stages":["A"]}"#;
        let text = format!("\u{feff}{vacancy}\r\n\n  \n{long}\n{vacancy}");
        let read: Vec<_> = lines(text.as_bytes())
            .map(|line| line.expect("memory reads"))
            .map(|(number, line)| (number, line.is_ok()))
            .collect();
        assert_eq!(read, [(1, true), (4, false), (5, true)]);
    }
}
