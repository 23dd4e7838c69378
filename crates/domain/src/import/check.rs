//! What types cannot say: lengths by meaning, scales, e-mail addresses, links.

use std::collections::HashSet;

use serde_json::Number;

use super::line::{ApplicationLine, CandidateLine, Line, VacancyLine};
use super::profile::{Assessment, Contact, Rating};
use super::{LineError, Patch};

/// Characters of a reference.
const REFERENCE: usize = 100;
/// Characters of a name, title, label or other short text.
const NAME: usize = 200;
/// Characters of a link.
const LINK: usize = 2048;
/// Characters of an e-mail address (RFC 5321, section 4.5.3.1).
const EMAIL: usize = 254;

type Checked = Result<(), LineError>;

pub(super) fn check(line: &Line) -> Checked {
    match line {
        Line::Vacancy(line) => vacancy(line),
        Line::Candidate(line) => candidate(line),
        Line::Application(line) => application(line),
    }
}

fn vacancy(line: &VacancyLine) -> Checked {
    reference("/reference", &line.reference)?;
    name("/title", &line.title)?;
    short("/department", line.department.value())?;
    short("/location", line.location.value())?;
    line.url.value().map_or(Ok(()), |url| link("/url", url))?;
    if line.stages.is_empty() {
        return Err(LineError::new("/stages", "must name at least one stage"));
    }
    let mut seen = HashSet::new();
    each("/stages", &line.stages, |pointer, stage| {
        name(pointer, stage)?;
        if seen.insert(stage) { Ok(()) } else { wrong(pointer, "names the same stage again") }
    })
}

fn candidate(line: &CandidateLine) -> Checked {
    reference("/reference", &line.reference)?;
    short("/first_name", line.first_name.as_ref())?;
    short("/last_name", line.last_name.as_ref())?;
    let full_name = line.full_name();
    if full_name.is_empty() {
        return wrong("/full_name", "a candidate needs a full_name, first_name or last_name");
    }
    // First and last name and the space between them may be longer together than either.
    at_most("/full_name", &full_name, 2 * NAME + 1)?;
    line.email.value().map_or(Ok(()), |address| email("/email", address))?;
    line.phone.value().map_or(Ok(()), |phone| name("/phone", phone))?;
    line.contact.value().map_or(Ok(()), contact)?;
    each("/qualifications", list(&line.qualifications), |pointer, item| {
        short(&format!("{pointer}/institution"), item.institution.as_ref())?;
        short(&format!("{pointer}/qualification"), item.qualification.as_ref())?;
        short(&format!("{pointer}/field_of_study"), item.field_of_study.as_ref())?;
        short(&format!("{pointer}/grade"), item.grade.as_ref())
    })?;
    each("/experience", list(&line.experience), |pointer, item| {
        short(&format!("{pointer}/employer"), item.employer.as_ref())?;
        short(&format!("{pointer}/title"), item.title.as_ref())
    })?;
    each("/skills", list(&line.skills), |pointer, skill| name(pointer, skill))?;
    each("/tags", list(&line.tags), |pointer, tag| name(pointer, tag))?;
    each("/attachments", list(&line.attachments), |pointer, item| {
        short(&format!("{pointer}/type"), item.kind.as_ref())?;
        name(&format!("{pointer}/filename"), &item.filename)?;
        short(&format!("{pointer}/content_type"), item.content_type.as_ref())?;
        link(&format!("{pointer}/url"), &item.url)
    })
}

fn contact(contact: &Contact) -> Checked {
    each("/contact/emails", &contact.emails, |pointer, point| {
        short(&format!("{pointer}/type"), point.kind.as_ref())?;
        email(&format!("{pointer}/value"), &point.value)
    })?;
    each("/contact/phones", &contact.phones, |pointer, point| {
        short(&format!("{pointer}/type"), point.kind.as_ref())?;
        name(&format!("{pointer}/value"), &point.value)
    })?;
    let address = &contact.address;
    each("/contact/address/lines", &address.lines, |pointer, line| at_most(pointer, line, NAME))?;
    short("/contact/address/city", address.city.as_ref())?;
    short("/contact/address/region", address.region.as_ref())?;
    short("/contact/address/postal_code", address.postal_code.as_ref())?;
    short("/contact/address/country", address.country.as_ref())?;
    each("/contact/links", &contact.links, |pointer, item| {
        short(&format!("{pointer}/type"), item.kind.as_ref())?;
        link(&format!("{pointer}/url"), &item.url)
    })
}

fn application(line: &ApplicationLine) -> Checked {
    reference("/reference", &line.reference)?;
    reference("/vacancy", &line.vacancy)?;
    reference("/candidate", &line.candidate)?;
    name("/stage", &line.stage)?;
    short("/source", line.source.value())?;
    line.rating.value().map_or(Ok(()), rating)?;
    each("/assessments", list(&line.assessments), assessment)
}

fn rating(rating: &Rating) -> Checked {
    let Rating { value, scale_min, scale_max, .. } = rating;
    scale("/rating", Some(scale_min), Some(scale_max))?;
    within("/rating/value", value, Some(scale_min), Some(scale_max))
}

fn assessment(pointer: &str, item: &Assessment) -> Checked {
    name(&format!("{pointer}/name"), &item.name)?;
    short(&format!("{pointer}/assessor"), item.assessor.as_ref())?;
    let (min, max) = (item.scale_min.as_ref(), item.scale_max.as_ref());
    scale(pointer, min, max)?;
    let pointer = format!("{pointer}/score");
    item.score.as_ref().map_or(Ok(()), |score| within(&pointer, score, min, max))
}

fn scale(pointer: &str, min: Option<&Number>, max: Option<&Number>) -> Checked {
    match (min.and_then(Number::as_f64), max.and_then(Number::as_f64)) {
        (Some(min), Some(max)) if min >= max => {
            wrong(&format!("{pointer}/scale_max"), "must be above scale_min")
        }
        _ => Ok(()),
    }
}

fn within(pointer: &str, value: &Number, min: Option<&Number>, max: Option<&Number>) -> Checked {
    let Some(value) = value.as_f64() else { return wrong(pointer, "not a finite number") };
    let below = min.and_then(Number::as_f64).is_some_and(|min| value < min);
    let above = max.and_then(Number::as_f64).is_some_and(|max| value > max);
    if below || above { wrong(pointer, "must lie within its scale") } else { Ok(()) }
}

fn reference(pointer: &str, text: &str) -> Checked {
    not_blank(pointer, text)?;
    at_most(pointer, text, REFERENCE)
}

fn name(pointer: &str, text: &str) -> Checked {
    not_blank(pointer, text)?;
    at_most(pointer, text, NAME)
}

fn short(pointer: &str, text: Option<&String>) -> Checked {
    text.map_or(Ok(()), |text| at_most(pointer, text, NAME))
}

/// Whether mail can be sent there is the mail system's to say; a missing `@` is a wrong column.
fn email(pointer: &str, text: &str) -> Checked {
    at_most(pointer, text, EMAIL)?;
    let sides = text.rsplit_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && !text.chars().any(char::is_whitespace)
    });
    if sides { Ok(()) } else { wrong(pointer, "must be an e-mail address: name@host") }
}

fn link(pointer: &str, text: &str) -> Checked {
    at_most(pointer, text, LINK)?;
    let web = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if web { Ok(()) } else { wrong(pointer, "must be a URL that starts with https:// or http://") }
}

fn not_blank(pointer: &str, text: &str) -> Checked {
    if text.trim().is_empty() { wrong(pointer, "must not be empty") } else { Ok(()) }
}

fn at_most(pointer: &str, text: &str, limit: usize) -> Checked {
    // A character has at least one byte: most texts need no counting.
    if text.len() <= limit || text.chars().count() <= limit {
        return Ok(());
    }
    wrong(pointer, &format!("may have {limit} characters at most"))
}

fn each<'a, T>(
    pointer: &str,
    items: &'a [T],
    mut check: impl FnMut(&str, &'a T) -> Checked,
) -> Checked {
    let mut items = items.iter().enumerate();
    items.try_for_each(|(index, item)| check(&format!("{pointer}/{index}"), item))
}

fn list<T>(items: &Patch<Vec<T>>) -> &[T] {
    items.value().map_or(&[], Vec::as_slice)
}

fn wrong(pointer: &str, detail: &str) -> Checked {
    Err(LineError::new(pointer, detail))
}
