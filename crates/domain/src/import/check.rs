//! What types cannot say: lengths by meaning, scales, e-mail addresses, links. Addresses are put
//! into the form that is stored.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use super::figure::{Figure, LIMITS};
use super::line::{ApplicationLine, CandidateLine, Line, VacancyLine};
use super::profile::{Assessment, Attachment, Contact, Rating};
use super::{LineError, Patch, link};
use crate::email;
use crate::name::{NameRefusal, clean, key};

/// Characters of a reference.
const REFERENCE: usize = 100;
/// Characters of a name, title, label or other short text.
const NAME: usize = 200;
/// How many people may have rated: what fits into four bytes everywhere.
const RATERS: u32 = i32::MAX.cast_unsigned();
/// Bytes of a file: what every reader of JSON keeps exactly (RFC 8259, section 6).
const FILE_BYTES: u64 = (1 << 53) - 1;

type Checked = Result<(), LineError>;

pub(super) fn check(line: &mut Line) -> Checked {
    match line {
        Line::Vacancy(line) => vacancy(line),
        Line::Candidate(line) => candidate(line),
        Line::Application(line) => application(line),
    }
}

fn vacancy(line: &mut VacancyLine) -> Checked {
    reference("/reference", &mut line.reference)?;
    cleaned("/title", &mut line.title)?;
    short("/department", line.department.value())?;
    short("/location", line.location.value())?;
    line.url.value_mut().map_or(Ok(()), |url| parsed("/url", url, link::parse))?;
    if line.stages.is_empty() {
        return Err(LineError::new("/stages", "must name at least one stage"));
    }
    let mut seen = HashSet::new();
    each_mut("/stages", Some(&mut line.stages), |pointer, stage| {
        cleaned(pointer, stage)?;
        if seen.insert(key(stage)) { Ok(()) } else { wrong(pointer, "names the same stage again") }
    })
}

fn candidate(line: &mut CandidateLine) -> Checked {
    reference("/reference", &mut line.reference)?;
    for (pointer, name) in line.names_mut() {
        *name = person_name(pointer, name.take())?;
    }
    short("/first_name", line.first_name.as_ref())?;
    short("/last_name", line.last_name.as_ref())?;
    let full_name = line.full_name();
    if full_name.is_empty() {
        return wrong("/full_name", "a candidate needs a full_name, first_name or last_name");
    }
    // First and last name and the space between them may be longer together than either.
    at_most("/full_name", &full_name, 2 * NAME + 1)?;
    line.email.value_mut().map_or(Ok(()), |email| parsed("/email", email, email::parse))?;
    line.phone.value().map_or(Ok(()), |phone| name("/phone", phone))?;
    line.contact.value_mut().map_or(Ok(()), contact)?;
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
    each_mut("/attachments", line.attachments.value_mut(), attachment)
}

/// In the form of all names; what has nothing that can be seen is none.
fn person_name(pointer: &str, name: Option<String>) -> Result<Option<String>, LineError> {
    match name.as_deref().map(clean) {
        None | Some(Err(NameRefusal::Blank)) => Ok(None),
        Some(Ok(name)) => Ok(Some(name)),
        Some(Err(control)) => Err(LineError::new(pointer, control.to_string())),
    }
}

fn attachment(pointer: &str, item: &mut Attachment) -> Checked {
    short(&format!("{pointer}/type"), item.kind.as_ref())?;
    name(&format!("{pointer}/filename"), &item.filename)?;
    short(&format!("{pointer}/content_type"), item.content_type.as_ref())?;
    at_most_number(&format!("{pointer}/size_bytes"), item.size_bytes, FILE_BYTES)?;
    parsed(&format!("{pointer}/url"), &mut item.url, link::parse)
}

fn contact(contact: &mut Contact) -> Checked {
    each_mut("/contact/emails", Some(&mut contact.emails), |pointer, point| {
        short(&format!("{pointer}/type"), point.kind.as_ref())?;
        parsed(&format!("{pointer}/value"), &mut point.value, email::parse)
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
    each_mut("/contact/links", Some(&mut contact.links), |pointer, item| {
        short(&format!("{pointer}/type"), item.kind.as_ref())?;
        parsed(&format!("{pointer}/url"), &mut item.url, link::parse)
    })
}

fn application(line: &mut ApplicationLine) -> Checked {
    reference("/reference", &mut line.reference)?;
    reference("/vacancy", &mut line.vacancy)?;
    reference("/candidate", &mut line.candidate)?;
    cleaned("/stage", &mut line.stage)?;
    short("/source", line.source.value())?;
    line.rating.value().map_or(Ok(()), rating)?;
    each("/assessments", list(&line.assessments), assessment)
}

fn rating(rating: &Rating) -> Checked {
    let Rating { value, scale_min, scale_max, count } = rating;
    scored("/rating", "value", Some(value), [Some(scale_min), Some(scale_max)])?;
    at_most_number("/rating/count", count.map(u64::from), RATERS.into())
}

fn assessment(pointer: &str, item: &Assessment) -> Checked {
    name(&format!("{pointer}/name"), &item.name)?;
    short(&format!("{pointer}/assessor"), item.assessor.as_ref())?;
    let scale = [item.scale_min.as_ref(), item.scale_max.as_ref()];
    scored(pointer, "score", item.score.as_ref(), scale)
}

/// A number on its scale.
fn scored(
    pointer: &str,
    key: &str,
    value: Option<&Figure>,
    [min, max]: [Option<&Figure>; 2],
) -> Checked {
    for (key, figure) in [(key, value), ("scale_min", min), ("scale_max", max)] {
        if figure.is_some_and(|figure| !figure.fits()) {
            return wrong(&format!("{pointer}/{key}"), LIMITS);
        }
    }
    if min.zip(max).is_some_and(|(min, max)| min >= max) {
        return wrong(&format!("{pointer}/scale_max"), "must be above scale_min");
    }
    let below = value.zip(min).is_some_and(|(value, min)| value < min);
    let above = value.zip(max).is_some_and(|(value, max)| value > max);
    let within = !below && !above;
    if within { Ok(()) } else { wrong(&format!("{pointer}/{key}"), "must lie within its scale") }
}

fn at_most_number(pointer: &str, number: Option<u64>, limit: u64) -> Checked {
    let beyond = number.is_some_and(|number| number > limit);
    if beyond { wrong(pointer, &format!("may be {limit} at most")) } else { Ok(()) }
}

/// A reference has no blanks around it. Others inside it nobody could see are refused rather than
/// taken away: the system that the reference is from would not know it any more.
fn reference(pointer: &str, text: &mut String) -> Checked {
    not_blank(pointer, text)?;
    *text = text.trim().to_owned();
    let seen = |text: &str| text.nfc().filter(|char| !char.is_whitespace()).collect::<String>();
    let is_seen = clean(text).is_ok_and(|clean| seen(&clean) == seen(text));
    if !is_seen || text.chars().any(char::is_control) {
        return wrong(pointer, "contains a character that cannot be seen: remove it");
    }
    at_most(pointer, text, REFERENCE)
}

/// In the form of all names.
fn cleaned(pointer: &str, text: &mut String) -> Checked {
    not_blank(pointer, text)?;
    *text = clean(text).map_err(|control| LineError::new(pointer, control.to_string()))?;
    at_most(pointer, text, NAME)
}

fn name(pointer: &str, text: &str) -> Checked {
    not_blank(pointer, text)?;
    at_most(pointer, text, NAME)
}

fn short(pointer: &str, text: Option<&String>) -> Checked {
    text.map_or(Ok(()), |text| at_most(pointer, text, NAME))
}

/// An address becomes what its parser made of it, or is refused with the parser's words.
fn parsed(
    pointer: &str,
    text: &mut String,
    parse: fn(&str) -> Result<String, &'static str>,
) -> Checked {
    *text = parse(text).map_err(|detail| LineError::new(pointer, detail))?;
    Ok(())
}

fn not_blank(pointer: &str, text: &str) -> Checked {
    let blank = matches!(clean(text), Err(NameRefusal::Blank));
    if blank { wrong(pointer, "must not be empty") } else { Ok(()) }
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

fn each_mut<T>(
    pointer: &str,
    items: Option<&mut Vec<T>>,
    mut check: impl FnMut(&str, &mut T) -> Checked,
) -> Checked {
    let mut items = items.into_iter().flatten().enumerate();
    items.try_for_each(|(index, item)| check(&format!("{pointer}/{index}"), item))
}

fn list<T>(items: &Patch<Vec<T>>) -> &[T] {
    items.value().map_or(&[], Vec::as_slice)
}

fn wrong(pointer: &str, detail: &str) -> Checked {
    Err(LineError::new(pointer, detail))
}
