//! How a request is answered: as the command line says, or the query of the registered URL.

use domain::retry::parse_duration;

use crate::cli::Behaviour;

/// What the command line says, changed by a query such as `status=503&delay=2s`.
///
/// # Errors
/// A sentence about the part of the query that is not understood.
pub(super) fn of_request(given: &Behaviour, query: &str) -> Result<Behaviour, String> {
    let mut behaviour = given.clone();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, "true"));
        let number = || value.parse().map_err(|_| format!("{name} is a number"));
        match name {
            "status" => behaviour.status = status_code(value)?,
            "delay" => behaviour.delay = parse_duration(value)?,
            "hang" => behaviour.hang = value == "true",
            "fail_first" => behaviour.fail_first = number()?,
            _ => return Err("known are status, delay, hang and fail_first".to_owned()),
        }
    }
    Ok(behaviour)
}

/// The status to answer with; `None`: never.
pub(super) fn status(behaviour: &Behaviour, attempt_number: Option<u32>) -> Option<u16> {
    if behaviour.hang {
        return None;
    }
    let fails = attempt_number.is_some_and(|number| number <= behaviour.fail_first);
    Some(if fails { 500 } else { behaviour.status })
}

fn status_code(text: &str) -> Result<u16, String> {
    let code = text.parse().ok().filter(|code| (200..=599).contains(code));
    code.ok_or_else(|| "status is a number from 200 to 599".to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Behaviour, of_request, status};

    const GIVEN: Behaviour =
        Behaviour { status: 200, delay: Duration::ZERO, hang: false, fail_first: 0 };

    #[test]
    fn the_query_of_the_url_wins() {
        let slow = Behaviour { status: 503, delay: Duration::from_secs(2), ..GIVEN };
        let cases = [
            ("", Ok(GIVEN)),
            ("status=503&delay=2s", Ok(slow)),
            ("hang", Ok(Behaviour { hang: true, ..GIVEN })),
            ("hang=true&fail_first=2", Ok(Behaviour { hang: true, fail_first: 2, ..GIVEN })),
            ("status=99", Err(())),
            ("delay=soon", Err(())),
            ("sleep=1", Err(())),
        ];
        for (query, expected) in cases {
            assert_eq!(of_request(&GIVEN, query).map_err(drop), expected, "{query}");
        }
    }

    #[test]
    fn the_first_attempts_of_an_export_fail() {
        let twice = Behaviour { fail_first: 2, status: 204, ..GIVEN };
        let answers = [Some(1), Some(2), Some(3), None].map(|number| status(&twice, number));
        assert_eq!(answers, [Some(500), Some(500), Some(204), Some(204)]);
        assert_eq!(status(&Behaviour { hang: true, ..twice }, Some(1)), None);
    }
}
