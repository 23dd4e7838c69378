//! Questions and answers as bytes (RFC 1035, section 4).

use std::net::IpAddr;

/// Type of an IPv4 address record.
pub(super) const A: u16 = 1;
const CNAME: u16 = 5;
const AAAA: u16 = 28;
/// Length of the header; the question follows it.
const HEADER: usize = 12;
/// Flags of an answer, and of one that says that there is no such name.
const FOUND: [u8; 2] = [0x81, 0x80];
const NO_SUCH_NAME: [u8; 2] = [0x81, 0x83];

/// One question.
pub(super) struct Question {
    pub(super) name: String,
    pub(super) kind: u16,
    id: [u8; 2],
    /// As it was asked: answers repeat it.
    bytes: Vec<u8>,
}

/// One record of an answer.
pub(super) struct Record {
    name: String,
    kind: u16,
    data: Vec<u8>,
}

impl Question {
    /// The first question of a query.
    pub(super) fn read(query: &[u8]) -> Option<Self> {
        let (mut labels, mut at) = (Vec::new(), HEADER);
        loop {
            let length = usize::from(*query.get(at)?);
            let label = query.get(at + 1..at + 1 + length)?;
            at += 1 + length;
            if length == 0 {
                break;
            }
            labels.push(String::from_utf8_lossy(label).to_lowercase());
        }
        let kind = u16::from_be_bytes(query.get(at..at + 2)?.try_into().ok()?);
        let id = query.get(..2)?.try_into().ok()?;
        Some(Self { name: labels.join("."), kind, id, bytes: query.get(HEADER..at + 4)?.to_vec() })
    }

    /// The answer with these records; without any, the name does not exist.
    pub(super) fn answer(&self, records: Option<Vec<Record>>) -> Vec<u8> {
        let flags = if records.is_some() { FOUND } else { NO_SUCH_NAME };
        let records = records.unwrap_or_default();
        let count = u16::try_from(records.len()).expect("few records").to_be_bytes();
        let header = [self.id, flags, [0, 1], count, [0, 0], [0, 0]].concat();
        let records = records.iter().flat_map(Record::bytes);
        header.into_iter().chain(self.bytes.iter().copied()).chain(records).collect()
    }
}

impl Record {
    /// A name that is an alias.
    pub(super) fn alias(name: &str, target: &str) -> Self {
        Self { name: name.to_owned(), kind: CNAME, data: encoded(target) }
    }

    /// Name, type, class Internet, 0 s to live, length and data.
    fn bytes(&self) -> Vec<u8> {
        let length = u16::try_from(self.data.len()).expect("short data").to_be_bytes();
        let kind = self.kind.to_be_bytes();
        [&encoded(&self.name)[..], &kind, &[0, 1], &[0; 4], &length, &self.data].concat()
    }
}

/// Those of the addresses that a question of this kind is for.
pub(super) fn addresses(name: &str, kind: u16, addresses: Vec<IpAddr>) -> Vec<Record> {
    let data = addresses.into_iter().map(|address| match address {
        IpAddr::V4(address) => (A, address.octets().to_vec()),
        IpAddr::V6(address) => (AAAA, address.octets().to_vec()),
    });
    let asked = data.filter(|(of, _)| *of == kind);
    asked.map(|(kind, data)| Record { name: name.to_owned(), kind, data }).collect()
}

fn encoded(name: &str) -> Vec<u8> {
    let label = |label: &str| {
        let length = u8::try_from(label.len()).expect("a label is short");
        [&[length], label.as_bytes()].concat()
    };
    let labels = name.split('.').flat_map(label);
    labels.chain([0]).collect()
}
