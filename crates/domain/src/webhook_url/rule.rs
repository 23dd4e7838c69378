//! The rules of registering one by one, for who types a URL and wants to know how far it is right.

use super::{UrlRefusal, UrlRules, WebhookUrl};
use serde::{Deserialize, Serialize};

use crate::export::words;

words!(
    /// What holds of a webhook that may be registered, in the order in which it is judged.
    WebhookRule {
        /// No space, and nothing that cannot be seen or is silently changed.
        Characters = "characters",
        /// It can be read as a URL.
        Complete = "complete",
        /// At most 2,048 characters.
        Length = "length",
        /// `https`.
        Https = "https",
        /// No user name or password.
        NoUser = "no_user",
        /// Nothing after a `#`.
        NoFragment = "no_fragment",
        /// A port that is allowed.
        Port = "port",
        /// The host is spelt right.
        Host = "host",
        /// No address of an example.
        Own = "own",
        /// It leads to the internet.
        Public = "public",
        /// No live webhook has the URL.
        NotRegistered = "not_registered",
        /// No live webhook has the name, and it is one.
        NameFree = "name_free",
        /// The organisation may have one more webhook.
        Room = "room",
    }
);

/// What is known of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule.
    pub rule: WebhookRule,
    /// Whether it holds; none where an earlier rule has to hold first.
    pub passed: Option<bool>,
    /// What to do, where it does not hold.
    pub detail: Option<String>,
}

impl Verdict {
    /// Of a rule that holds, or that does not, for a reason.
    pub fn of(rule: WebhookRule, judged: Result<(), String>) -> Self {
        Self { rule, passed: Some(judged.is_ok()), detail: judged.err() }
    }

    /// Of a rule that nobody could judge.
    pub fn unknown(rule: WebhookRule) -> Self {
        Self { rule, passed: None, detail: None }
    }
}

impl UrlRules {
    /// Judges a URL as [`UrlRules::check`] does, and tells how far each rule of URLs is known to hold.
    pub fn verdicts(&self, text: &str) -> (Option<WebhookUrl>, Vec<Verdict>) {
        let mut held = Vec::new();
        let judged = self.judge(text, |rule| held.push(rule));
        let refusal = judged.as_ref().err().copied();
        let of_urls = WebhookRule::ALL.iter().filter(|rule| rule.is_of_urls());
        let verdicts =
            of_urls.map(|rule| match refusal.filter(|refusal| refusal.breaks() == *rule) {
                Some(refusal) => Verdict::of(*rule, Err(refusal.to_string())),
                None if held.contains(rule) => Verdict::of(*rule, Ok(())),
                None => Verdict::unknown(*rule),
            });
        (judged.ok(), verdicts.collect())
    }

    /// A rule in a few words.
    pub fn title(&self, rule: WebhookRule) -> &'static str {
        match rule {
            WebhookRule::Characters => "No spaces, invisible characters or backslashes",
            WebhookRule::Complete => "Written out in full",
            WebhookRule::Length => "At most 2,048 characters",
            WebhookRule::Https if self.allow_http => "Starts with https:// or http://",
            WebhookRule::Https => "Starts with https://",
            WebhookRule::NoUser => "No user name or password",
            WebhookRule::NoFragment => "Nothing after a #",
            WebhookRule::Port => "A port that is allowed",
            WebhookRule::Host => "The host is spelt right",
            WebhookRule::Own => "Not an example address",
            WebhookRule::Public => "Reachable from the internet",
            WebhookRule::NotRegistered => "Not registered yet",
            WebhookRule::NameFree => "The name is free",
            WebhookRule::Room => "Room for one more webhook",
        }
    }
}

impl WebhookRule {
    /// Whether the URL alone says if it holds.
    fn is_of_urls(self) -> bool {
        !matches!(self, Self::NotRegistered | Self::NameFree | Self::Room)
    }
}

impl UrlRefusal {
    /// The rule that does not hold.
    pub fn breaks(self) -> WebhookRule {
        match self {
            Self::WhiteSpace | Self::ControlCharacter | Self::Backslash => WebhookRule::Characters,
            Self::Empty | Self::Malformed | Self::HostMissing => WebhookRule::Complete,
            Self::TooLong => WebhookRule::Length,
            Self::NotHttps | Self::Scheme => WebhookRule::Https,
            Self::Userinfo => WebhookRule::NoUser,
            Self::Fragment => WebhookRule::NoFragment,
            Self::Port => WebhookRule::Port,
            Self::HostMalformed | Self::ShortAddress => WebhookRule::Host,
            Self::ExampleHost => WebhookRule::Own,
            Self::SingleLabel | Self::LocalName | Self::ReservedName | Self::ForbiddenAddress => {
                WebhookRule::Public
            }
        }
    }
}
