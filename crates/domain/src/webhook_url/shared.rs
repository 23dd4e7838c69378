//! Hosts behind which many unrelated customers live.

use super::host::is_under;

/// Automation services that take webhooks for all their customers, or those of a region, at one
/// name. Not those that give each customer a name.
const NO_CODE: [&str; 8] = [
    "hooks.zapier.com",
    "make.com",
    "integromat.com",
    "logic.azure.com",
    "hooks.workato.com",
    "webhooks.workato.com",
    "api.pipedream.net",
    "connect.pabbly.com",
];

/// Whether a host is known to serve many customers, who must not wait for each other.
pub fn serves_many(host: &str) -> bool {
    NO_CODE.iter().any(|domain| is_under(host, domain))
}

#[cfg(test)]
mod tests {
    use super::serves_many;

    #[test]
    fn whole_labels_count() {
        for host in ["hooks.zapier.com", "hook.eu2.make.com", "prod-7.westeurope.logic.azure.com"] {
            assert!(serves_many(host), "{host}");
        }
        for host in ["zapier.com", "notmake.com", "make.com.example.com", "hooks.example.com"] {
            assert!(!serves_many(host), "{host}");
        }
    }
}
