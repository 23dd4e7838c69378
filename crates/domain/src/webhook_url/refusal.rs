//! Why a URL may not be registered, in words that say what to do. Never repeats the URL.

/// The rule that a URL breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefusal {
    /// Nothing was entered.
    #[error("enter the URL that your external system gave you; it starts with https://")]
    Empty,
    /// Over 2,048 characters.
    #[error("the URL is longer than 2,048 characters: check that nothing else was pasted along")]
    TooLong,
    /// Space, tab, line break.
    #[error("the URL contains a space or a line break: copy it again, without what surrounds it")]
    WhiteSpace,
    /// Control characters and invisible ones.
    #[error("the URL contains an invisible character: type it instead of pasting it")]
    ControlCharacter,
    /// `\`.
    #[error("the URL contains a backslash: write / instead")]
    Backslash,
    /// Not a URL at all.
    #[error(
        "this is not a URL: write it out in full, such as https://hooks.zapier.com/hooks/catch/1/a"
    )]
    Malformed,
    /// `http` without the operator's consent.
    #[error(
        "only https is allowed, since candidates' data must not travel in the clear: use the https address"
    )]
    NotHttps,
    /// Neither `http` nor `https`.
    #[error("only https is allowed: the URL must start with https://")]
    Scheme,
    /// User name or password.
    #[error("the URL contains a user name or password before the host: use a URL without @")]
    Userinfo,
    /// `#…`.
    #[error("the URL ends with a fragment: remove the # and what follows it, it is never sent")]
    Fragment,
    /// A port that is not allowed.
    #[error("this port is not allowed: use 443 or 8443, or ask the operator to allow it")]
    Port,
    /// No host.
    #[error(
        "the URL has no host: write it out in full, such as https://hooks.zapier.com/hooks/catch/1/a"
    )]
    HostMissing,
    /// A host that cannot be a name on the internet.
    #[error("the host of the URL is misspelt: it is no name that can exist on the internet")]
    HostMalformed,
    /// One label only.
    #[error(
        "the host has no dot, so it is a name inside a network: use the full name that is reachable from the internet"
    )]
    SingleLabel,
    /// `localhost` and names of inner networks.
    #[error(
        "this host is a name inside a network (such as localhost, .local, .internal, .corp, .lan or a cluster's .svc): use an address that is reachable from the internet, a tunnel for example"
    )]
    LocalName,
    /// Top-level domains that never resolve.
    #[error(
        "names under .test, .invalid, .onion and .arpa do not lead to a system on the internet: use its public name"
    )]
    ReservedName,
    /// The guide's own examples.
    #[error("this is an example address: enter the URL that your own external system gave you")]
    ExampleHost,
    /// An IPv4 address that is not four decimal numbers: what readers complete, each in its way.
    #[error(
        "this is a short or unusual form of an IP address: write all four numbers of it, in decimal, such as 192.0.2.1"
    )]
    ShortAddress,
    /// A literal that is not public.
    #[error(
        "this address is not publicly accessible: use a URL that is reachable from the internet"
    )]
    ForbiddenAddress,
}

impl UrlRefusal {
    /// Every rule.
    pub const ALL: [Self; 19] = [
        Self::Empty,
        Self::TooLong,
        Self::WhiteSpace,
        Self::ControlCharacter,
        Self::Backslash,
        Self::Malformed,
        Self::NotHttps,
        Self::Scheme,
        Self::Userinfo,
        Self::Fragment,
        Self::Port,
        Self::HostMissing,
        Self::HostMalformed,
        Self::SingleLabel,
        Self::LocalName,
        Self::ReservedName,
        Self::ExampleHost,
        Self::ShortAddress,
        Self::ForbiddenAddress,
    ];

    /// The name of the rule, in problem documents and in the facts of an attempt.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::WhiteSpace => "white_space",
            Self::ControlCharacter => "control_character",
            Self::Backslash => "backslash",
            Self::Malformed => "malformed",
            Self::NotHttps => "not_https",
            Self::Scheme => "scheme",
            Self::Userinfo => "userinfo",
            Self::Fragment => "fragment",
            Self::Port => "port",
            Self::HostMissing => "host_missing",
            Self::HostMalformed => "host_malformed",
            Self::SingleLabel => "single_label",
            Self::LocalName => "local_name",
            Self::ReservedName => "reserved_name",
            Self::ExampleHost => "example_host",
            Self::ShortAddress => "short_address",
            Self::ForbiddenAddress => "forbidden_address",
        }
    }

    /// The rule of that name.
    pub fn from_rule(rule: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.rule() == rule)
    }
}

impl From<url::ParseError> for UrlRefusal {
    fn from(error: url::ParseError) -> Self {
        match error {
            url::ParseError::EmptyHost => Self::HostMissing,
            url::ParseError::IdnaError
            | url::ParseError::InvalidIpv4Address
            | url::ParseError::InvalidIpv6Address
            | url::ParseError::InvalidDomainCharacter => Self::HostMalformed,
            url::ParseError::InvalidPort => Self::Port,
            url::ParseError::Overflow => Self::TooLong,
            _ => Self::Malformed,
        }
    }
}
