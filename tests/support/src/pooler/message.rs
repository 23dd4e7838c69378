//! Messages of Postgres' protocol (version 3): a letter, a length, a body.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::read_exactly;

/// What a client asks for before it begins: TLS, or GSS encryption. There is neither.
const ENCRYPTION: [u32; 2] = [80_877_103, 80_877_104];

/// One message.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// Whether an answer ends with "ready for query": a simple query, or a synchronisation.
    pub(super) fn asks(&self) -> bool {
        matches!(self.kind, b'Q' | b'S')
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.kind];
        bytes.extend(length(self.body.len()));
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

pub(super) async fn read(from: &mut (impl AsyncReadExt + Unpin)) -> io::Result<Message> {
    let kind = from.read_u8().await?;
    let length = from.read_u32().await?;
    Ok(Message { kind, body: read_exactly(from, body_of(length)).await? })
}

/// The first message of a client, as a whole.
pub(super) async fn read_startup(
    client: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin),
) -> io::Result<Vec<u8>> {
    loop {
        let length_of_all = client.read_u32().await?;
        let body = read_exactly(client, body_of(length_of_all)).await?;
        let code = body.first_chunk().map(|code| u32::from_be_bytes(*code));
        if code.is_some_and(|code| ENCRYPTION.contains(&code)) {
            client.write_all(b"N").await?;
            continue;
        }
        let mut startup = length(body.len()).to_vec();
        startup.extend(body);
        return Ok(startup);
    }
}

/// Lengths count themselves.
fn length(body: usize) -> [u8; 4] {
    u32::try_from(body + 4).expect("messages are short").to_be_bytes()
}

fn body_of(length: u32) -> usize {
    (length as usize).saturating_sub(4)
}
