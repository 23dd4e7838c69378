//! Why Postgres cannot be reached, in one line: libpq's own words and, where waiting alone will not
//! help, what to do. libpq tells no SQLSTATE of a connection that was not made, only texts; those of
//! a server that speaks another language come without the advice.

/// What libpq or the server says, and what to do about it.
const ADVICE: [(&str, &str); 17] = [
    ("password authentication failed", "correct user and password in DATABASE_URL"),
    ("no password supplied", "write the password into DATABASE_URL"),
    ("SCRAM authentication", "correct user and password in DATABASE_URL"),
    ("no such user", "correct user and password in DATABASE_URL"),
    ("peer authentication failed", "correct the user in DATABASE_URL, or pg_hba.conf"),
    ("no pg_hba.conf entry", "allow this host in pg_hba.conf, with TLS (sslmode) if it says so"),
    ("no encryption", "the server wants TLS: set sslmode=require in DATABASE_URL"),
    ("SSL required", "the server wants TLS: set sslmode=require in DATABASE_URL"),
    ("does not support SSL", "the server has no TLS: set another sslmode in DATABASE_URL"),
    (
        "certificate verify failed",
        "its certificate is not trusted: set sslrootcert in DATABASE_URL",
    ),
    ("is not permitted to log in", "give the role LOGIN, or take another in DATABASE_URL"),
    ("no such database", "create the database, or correct its name in DATABASE_URL"),
    ("permission denied for database", "grant CONNECT to the role of DATABASE_URL"),
    ("could not translate host name", "correct the host in DATABASE_URL, or mend DNS"),
    ("too many c", "raise max_connections, or run fewer processes"),
    ("connection slots are reserved", "raise max_connections, or run fewer processes"),
    ("no more connections allowed", "raise max_client_conn of the pooler"),
];

/// The words of a server that has no connection left (SQLSTATE 53300): they begin the last advice.
const FULL: [&str; 3] =
    ["too many c", "connection slots are reserved", "no more connections allowed"];

/// What does not exist is named between these.
const MISSING: [(&str, &str); 2] = [
    ("database \"", "create the database, or correct its name in DATABASE_URL"),
    ("role \"", "create the role, or correct the user in DATABASE_URL"),
];

/// The reason in one line.
pub(crate) fn in_one_line(told: &str) -> String {
    // What is indented explains, to whoever sits before the server.
    let lines = told.lines().filter(|line| !line.starts_with(char::is_whitespace));
    let mut line = lines.collect::<Vec<_>>().join("; ");
    if let Some(advice) = advice(told) {
        line.push_str("; ");
        line.push_str(advice);
    }
    line
}

/// Whether the server has no connection left.
pub(super) fn is_full(told: &str) -> bool {
    FULL.iter().any(|text| told.contains(text))
}

fn advice(told: &str) -> Option<&'static str> {
    let missing = || {
        let named = MISSING.iter().find(|(kind, _)| told.contains(kind));
        named.filter(|_| told.contains("does not exist")).map(|(_, advice)| *advice)
    };
    ADVICE.iter().find(|(text, _)| told.contains(text)).map(|(_, advice)| *advice).or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waiting_alone_does_not_heal_comes_with_advice() {
        let server = "connection to server at \"192.0.2.1\", port 5432 failed: ";
        let table = [
            ("FATAL:  password authentication failed for user \"app\"", "password in DATABASE_URL"),
            ("FATAL:  database \"nowhere\" does not exist", "correct its name in DATABASE_URL"),
            ("FATAL:  role \"nobody\" does not exist", "correct the user in DATABASE_URL"),
            ("FATAL:  role \"app\" is not permitted to log in", "LOGIN"),
            ("fe_sendauth: no password supplied", "write the password"),
            (
                "FATAL:  no pg_hba.conf entry for host \"192.0.2.7\", user \"app\", no encryption",
                "sslmode",
            ),
            ("server does not support SSL, but SSL was required", "another sslmode"),
            ("SSL error: certificate verify failed", "sslrootcert"),
            ("FATAL:  sorry, too many clients already", "max_connections"),
            (
                "FATAL:  remaining connection slots are reserved for roles with SUPERUSER",
                "max_connections",
            ),
            ("FATAL:  too many connections for role \"app\"", "max_connections"),
            ("FATAL:  no such database: nowhere", "correct its name"),
            ("could not translate host name \"db\" to address: Name or service not known", "DNS"),
        ];
        for (told, expected) in table {
            let line = in_one_line(&format!("{server}{told}\n"));
            assert!(line.starts_with(server) && line.contains(told), "{line}");
            assert!(
                line.rsplit_once("; ").is_some_and(|(_, advice)| advice.contains(expected)),
                "{line}"
            );
        }
    }

    #[test]
    fn each_host_is_named_in_the_one_line() {
        let told = "connection to server at \"::1\", port 1 failed: Connection refused\n\
                    \tIs the server running on that host and accepting TCP/IP connections?\n\
                    connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n";
        let line = in_one_line(told);
        assert_eq!(line.lines().count(), 1);
        assert!(
            line.contains("\"::1\"") && line.contains("\"127.0.0.1\"") && !line.contains("Is the")
        );
    }
}
