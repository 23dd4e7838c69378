//! The framing of a chunked body (RFC 9112, section 7.1): where it ends, and whether it keeps to the
//! rules. At least as strict as the framework, which tells nobody what it does not accept.

/// Most bytes of one line of a chunk's length.
const LONGEST_LINE: usize = 4 * 1024;
/// Most bytes of all trailers.
const MOST_TRAILERS: usize = 16 * 1024;

/// Where in a chunked body the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// The first digit of a length.
    Size,
    Digits,
    Blank,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// The first byte of a trailer, or of the end.
    Line,
    Trailer,
    TrailerLf,
    EndLf,
}

/// What is known after some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Something is still to come.
    Open,
    /// The body ended, with so many of the bytes.
    Ended(usize),
    /// It breaks the rules from this byte on.
    Broken(usize),
}

/// A chunked body on its way.
#[derive(Debug)]
pub(super) struct Chunks {
    at: At,
    /// Of the data of this chunk, what is to come.
    left: u64,
    /// Bytes of this line, or of all trailers.
    extra: usize,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Self { at: At::Size, left: 0, extra: 0 }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Chunk {
        let mut next = 0;
        while let Some(byte) = bytes.get(next) {
            if self.at == At::Data {
                let here = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len() - next);
                self.left -= here as u64;
                next += here;
                if self.left == 0 {
                    self.at = At::DataCr;
                }
                continue;
            }
            let is_end = self.at == At::EndLf && *byte == b'\n';
            let Some(at) = self.step(*byte) else { return Chunk::Broken(next) };
            next += 1;
            if is_end {
                return Chunk::Ended(next);
            }
            self.at = at;
        }
        Chunk::Open
    }

    /// Where the byte leads; none where there is no such body.
    fn step(&mut self, byte: u8) -> Option<At> {
        self.extra += 1;
        let at = match (self.at, byte) {
            (At::Size, _) => {
                (self.left, self.extra) = (digit(byte)?, 0);
                At::Digits
            }
            (At::Digits | At::Blank, b' ' | b'\t') => At::Blank,
            (At::Digits | At::Blank, b';') => At::Extension,
            (At::Digits | At::Blank | At::Extension, b'\r') => At::SizeLf,
            (At::Digits, _) => {
                self.left = self.left.checked_mul(16)?.checked_add(digit(byte)?)?;
                At::Digits
            }
            (At::Extension, 0..=8 | 10..=31 | 127) => return None,
            (At::Extension, _) => At::Extension,
            (At::SizeLf, b'\n') if self.left > 0 => At::Data,
            (At::SizeLf, b'\n') => {
                self.extra = 0;
                At::Line
            }
            (At::DataCr, b'\r') => At::DataLf,
            (At::DataLf, b'\n') => At::Size,
            (At::Line, b'\r') => At::EndLf,
            (At::Trailer, b'\r') => At::TrailerLf,
            (At::Line | At::Trailer, _) => At::Trailer,
            (At::TrailerLf, b'\n') => At::Line,
            (At::EndLf, b'\n') => At::EndLf,
            _ => return None,
        };
        let most = if self.is_in_trailers() { MOST_TRAILERS } else { LONGEST_LINE };
        (self.extra <= most).then_some(at)
    }

    fn is_in_trailers(&self) -> bool {
        matches!(self.at, At::Line | At::Trailer | At::TrailerLf | At::EndLf)
    }
}

fn digit(byte: u8) -> Option<u64> {
    char::from(byte).to_digit(16).map(u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_ends_where_it_says_and_breaks_where_it_breaks_the_rules() {
        let trailers = |count: usize| format!("0\r\n{}\r\n", "X: 1\r\n".repeat(count));
        let table = [
            ("0\r\n\r\n".to_owned(), Chunk::Ended(5)),
            ("2\r\n{}\r\n0\r\n\r\nGET".to_owned(), Chunk::Ended(12)),
            ("2;a=b\r\n{}\r\n0 \r\nX: 1\r\n\r\n".to_owned(), Chunk::Ended(23)),
            (trailers(100), Chunk::Ended(605)),
            ("A\r\n0123".to_owned(), Chunk::Open),
            ("0\r\nX: 1\r\n".to_owned(), Chunk::Open),
            ("zz\r\n".to_owned(), Chunk::Broken(0)),
            ("0x2\r\n".to_owned(), Chunk::Broken(1)),
            ("-2\r\n".to_owned(), Chunk::Broken(0)),
            ("ffffffffffffffffff\r\n".to_owned(), Chunk::Broken(16)),
            ("2\n{}".to_owned(), Chunk::Broken(1)),
            ("2\r\n{}}\r\n".to_owned(), Chunk::Broken(5)),
            ("2\r\n{}\r\nzz\r\n".to_owned(), Chunk::Broken(7)),
            ("2;\0\r\n".to_owned(), Chunk::Broken(2)),
            ("0\r\nX: 1\rY\r\n".to_owned(), Chunk::Broken(8)),
        ];
        for (bytes, expected) in table {
            assert_eq!(Chunks::new().feed(bytes.as_bytes()), expected, "{bytes:?}");
            let mut slow = Chunks::new();
            let ends = bytes.bytes().enumerate().find_map(|(at, byte)| match slow.feed(&[byte]) {
                Chunk::Open => None,
                Chunk::Ended(_) => Some(Chunk::Ended(at + 1)),
                Chunk::Broken(_) => Some(Chunk::Broken(at)),
            });
            assert_eq!(ends.unwrap_or(Chunk::Open), expected, "byte by byte: {bytes:?}");
        }
        for endless in [trailers(100_000), format!("2;{}", "a".repeat(100_000))] {
            assert!(matches!(Chunks::new().feed(endless.as_bytes()), Chunk::Broken(_)));
        }
    }
}
