//! `talentats doctor`: what somebody wants to know who is called at night. One line a finding; what needs
//! hands begins with `!!`.

use domain::sealing::SealingKeys;
use store::stats::{self, QueueDepth, Storage, Webhooks};
use store::{Conn, StoreError, migrate};

use crate::cli::KeysArguments;
use crate::keys::reseal::{Counts, count, named};
use crate::{answer, database, keys};

/// With workers at work nothing that could be sent waits for so long.
const LATE_S: f64 = 60.0;

/// One line.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    needs_hands: bool,
    text: String,
}

/// What was looked at.
struct Looked {
    counts: Counts,
    queue: QueueDepth,
    storage: Storage,
    webhooks: Webhooks,
}

/// Looks, and tells.
///
/// # Errors
/// When something needs hands.
pub(crate) async fn run(arguments: KeysArguments) -> anyhow::Result<()> {
    let keys = keys::parse(&arguments.secret_keys)?;
    let url = arguments.database.database_url;
    let looked = database::with(&url, move |conn| {
        let looked = if migrate::is_current(conn)? { Some(look(conn, &keys)?) } else { None };
        Ok((looked, keys))
    });
    let findings = match looked.await {
        Err(error) => vec![hands(format!("Postgres: {error:#}"))],
        Ok((None, _)) => vec![hands("Postgres lacks migrations: run `talentats migrate`")],
        Ok((Some(looked), keys)) => looked.findings(&keys),
    };
    for Finding { needs_hands, text } in &findings {
        answer::line(&format!("{} {text}", if *needs_hands { "!!" } else { "ok" }))?;
    }
    match findings.iter().filter(|finding| finding.needs_hands).count() {
        0 => Ok(()),
        1 => anyhow::bail!("one finding needs hands"),
        several => anyhow::bail!("{several} findings need hands"),
    }
}

fn look(conn: &mut Conn, keys: &SealingKeys) -> Result<Looked, StoreError> {
    Ok(Looked {
        counts: count(conn, keys)?,
        queue: stats::queue_depth(conn)?,
        storage: stats::storage(conn)?,
        webhooks: stats::webhooks(conn)?,
    })
}

impl Looked {
    fn findings(&self, keys: &SealingKeys) -> Vec<Finding> {
        let mut findings = vec![well("Postgres answers, and has all migrations of this version")];
        findings.extend(of_keys(keys, &self.counts));
        findings.push(self.queue());
        findings.push(self.months());
        let Webhooks { live, failing, disabled } = self.webhooks;
        findings.push(well(format!(
            "webhooks: {live} live, {failing} of them fail, {disabled} are switched off"
        )));
        findings
    }

    fn queue(&self) -> Finding {
        let QueueDepth { waiting, retrying, leased, oldest_due_s, .. } = self.queue;
        let text = format!(
            "exports: {waiting} wait, {retrying} are to be tried again, {leased} are on the wire; \
             the oldest that could go has waited for {oldest_due_s:.0} s"
        );
        if oldest_due_s < LATE_S {
            return well(text);
        }
        hands(format!("{text}: are there workers, and enough of them?"))
    }

    fn months(&self) -> Finding {
        let Storage { attempts_months, audit_months, .. } = self.storage;
        let text = format!(
            "partitions: {attempts_months} months ahead of the log, {audit_months} of the audit"
        );
        if attempts_months.min(audit_months) > 0 {
            return well(text);
        }
        hands(format!("{text}: run `talentats migrate`, and see whether a worker runs"))
    }
}

/// What the keys seal, and which may go.
fn of_keys(keys: &SealingKeys, counts: &Counts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut needed_later = false;
    for (index, id) in keys.ids().enumerate() {
        let under = counts.get(id).copied().unwrap_or_default();
        let place = if index == 0 { ", which seals what is new" } else { "" };
        let text = format!("keys: {} sealed values open with the key {id}{place}", under.opens);
        needed_later |= index > 0 && under.opens > 0;
        findings.push(match (under.opens, under.shut, index) {
            (0, 0, 1..) => well(format!("keys: the key {id} seals nothing: it may leave SECRET_KEYS")),
            (_, 0, _) => well(text),
            (0, shut, _) => hands(format!(
                "keys: the key {id} in SECRET_KEYS is another one than that which sealed {shut} values"
            )),
            (_, shut, _) => hands(format!("{text}, and {shut} that name it were spoilt")),
        });
    }
    let unknown = counts.iter().filter(|(id, _)| !keys.ids().any(|known| known == id.as_str()));
    findings.extend(unknown.map(|(id, under)| {
        let missing = format!("keys: {} sealed values are under {}", under.shut, named(id));
        hands(format!("{missing}, which SECRET_KEYS lacks: add it behind the first"))
    }));
    if needed_later {
        findings.push(well("keys: `talentats reseal` frees the keys behind the first"));
    }
    findings
}

fn well(text: impl Into<String>) -> Finding {
    Finding { needs_hands: false, text: text.into() }
}

fn hands(text: impl Into<String>) -> Finding {
    Finding { needs_hands: true, text: text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::reseal::Under;

    const KEYS: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    fn told(counts: &[(&str, u64, u64)]) -> Vec<(bool, String)> {
        let keys = SealingKeys::parse(KEYS).expect("keys");
        let under = |(id, opens, shut): &(&str, u64, u64)| {
            ((*id).to_owned(), Under { opens: *opens, shut: *shut })
        };
        let findings = of_keys(&keys, &counts.iter().map(under).collect());
        findings.into_iter().map(|finding| (finding.needs_hands, finding.text)).collect()
    }

    #[test]
    fn keys_are_told_by_what_they_seal() {
        let hands = |counts: &[(&str, u64, u64)]| told(counts).iter().filter(|told| told.0).count();
        assert_eq!(hands(&[]), 0);
        assert_eq!(hands(&[("b", 3, 0), ("a", 2, 0)]), 0);
        assert_eq!(hands(&[("b", 3, 0), ("c", 0, 1), ("", 0, 1)]), 2);
        assert_eq!(hands(&[("b", 0, 2), ("a", 1, 1)]), 2);
        let all = format!("{:?}", told(&[("b", 3, 0)]));
        assert!(all.contains("the key a seals nothing: it may leave SECRET_KEYS"), "{all}");
        let both = format!("{:?}", told(&[("b", 3, 0), ("a", 1, 0)]));
        assert!(!both.contains("may leave") && both.contains("talentats reseal"), "{both}");
        assert!(!both.contains("AQEB"), "no key is printed");
    }

    #[test]
    fn what_waits_too_long_needs_hands() {
        let looked = |oldest_due_s, months| Looked {
            counts: Counts::new(),
            queue: QueueDepth {
                waiting: 1,
                retrying: 0,
                leased: 0,
                oldest_due_s,
                disabled_webhooks: 0,
            },
            storage: Storage { database_bytes: 1, attempts_months: months, audit_months: 3 },
            webhooks: Webhooks { live: 1, failing: 0, disabled: 0 },
        };
        assert!(!looked(0.0, 3).queue().needs_hands && !looked(0.0, 1).months().needs_hands);
        assert!(looked(61.0, 3).queue().needs_hands && looked(0.0, 0).months().needs_hands);
    }
}
