//! The body of a download: page after page, a few rows at a time, at the pace of who reads it.

use std::collections::VecDeque;
use std::sync::Arc;

use actix_web::web::{self, Bytes};
use futures_util::stream::{Stream as FuturesStream, unfold};
use store::Conn;
use store::audit::Download;

use super::turn::Turn;
use super::{Source, line};
use crate::authorized::Caller;
use crate::page::filter;
use crate::problem::Problem;
use crate::state::State;

/// Rows of one read.
const PAGE: usize = 1_000;
/// Rows of one piece of the answer: more would keep others waiting, and take memory.
const PIECE: usize = 50;

/// A download under way.
pub(super) struct Stream<S: Source> {
    state: web::Data<State>,
    caller: Caller,
    source: Arc<S>,
    /// What the audit was told; none while a page is read.
    download: Option<Download>,
    header: Option<Bytes>,
    rows: VecDeque<S::Row>,
    /// Where the next page starts; none: this was the last.
    next: Option<S::Key>,
    failed: bool,
    _turn: Turn,
}

impl<S: Source> Stream<S> {
    /// Reads the first page.
    ///
    /// # Errors
    /// 422 for a filter that can match nothing; those of the store.
    pub(super) async fn begin(
        state: web::Data<State>,
        caller: Caller,
        source: S,
        filters: Vec<String>,
        turn: Turn,
    ) -> Result<Self, Problem> {
        let mut begun = Self {
            state,
            caller,
            source: Arc::new(source),
            download: Some(Download::new(S::OBJECT, S::NAME, filters)),
            header: Some(line::header(S::COLUMNS).into()),
            rows: VecDeque::new(),
            next: None,
            failed: false,
            _turn: turn,
        };
        begun.read(None).await?;
        Ok(begun)
    }

    /// The pieces of the answer.
    pub(super) fn chunks(self) -> impl FuturesStream<Item = Result<Bytes, actix_web::Error>> {
        Box::pin(unfold(self, |mut stream| async move { Some((stream.piece().await?, stream)) }))
    }

    /// The next piece; none at the end. After an error nothing comes, and the connection is cut.
    async fn piece(&mut self) -> Option<Result<Bytes, actix_web::Error>> {
        if let Some(header) = self.header.take() {
            return Some(Ok(header));
        }
        if self.failed {
            return None;
        }
        let piece = self.lines().await;
        self.failed = piece.is_err();
        piece
            .inspect_err(|problem| {
                let kind = problem.kind();
                tracing::warn!(list = S::NAME, ?kind, "a download breaks off");
            })
            .map_err(actix_web::Error::from)
            .transpose()
    }

    async fn lines(&mut self) -> Result<Option<Bytes>, Problem> {
        if self.rows.is_empty() {
            let Some(next) = self.next.take() else { return Ok(None) };
            self.read(Some(next)).await?;
        }
        let mut lines = String::new();
        for row in self.rows.drain(..self.rows.len().min(PIECE)) {
            let item = S::item(row, &self.caller, &self.state);
            line::write(&mut lines, S::COLUMNS, &item).map_err(Problem::internal)?;
        }
        Ok((!lines.is_empty()).then(|| lines.into()))
    }

    /// Reads a page, and tells the audit of it before it goes out. The connection goes back with it.
    async fn read(&mut self, after: Option<S::Key>) -> Result<(), Problem> {
        let source = Arc::clone(&self.source);
        let download = self.download.take();
        let read = move |conn: &mut Conn, actor: &domain::actor::Actor| {
            let page = match source.page(conn, actor, after, PAGE)? {
                Ok(page) => page,
                Err(unknown) => return Ok(Err(unknown)),
            };
            let mut download = download;
            if let Some(download) = &mut download {
                download.tell(conn, actor, page.items.iter().map(S::owner))?;
            }
            Ok(Ok((page, download)))
        };
        let read = self.caller.run(&self.state, read).await?;
        let (page, download) = read.map_err(filter::unknown)?;
        self.rows = page.items.into();
        self.next = page.next;
        self.download = download;
        Ok(())
    }
}
