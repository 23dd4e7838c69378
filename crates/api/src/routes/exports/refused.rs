//! Why an export is not accepted, or cannot be looked at.

use domain::export::{DisabledReason, LeftOut};
use store::applications::FilterRefusal;
use store::audit::Object;
use store::exports::{CreateRefusal, Refused, Unexportable};

use super::picked::Place;
use crate::authorized::organisation_unknown;
use crate::problem::{Extras, FieldError, Kind, Problem};
use crate::replay;

/// `named` are the vacancy and the webhook that were asked for.
pub(super) fn refused(refusal: CreateRefusal, named: [Object; 2], place: Place) -> Problem {
    match refusal {
        CreateRefusal::OrganisationUnknown => organisation_unknown(),
        CreateRefusal::Unknown { vacancy, webhook } => unknown([vacancy, webhook], named),
        CreateRefusal::NoCandidates => {
            Problem::invalid_value(place.pointer(), "at least one application")
        }
        CreateRefusal::NobodyToSend { left_out } => nobody(left_out, place),
        CreateRefusal::Select(refusal) => unselectable(refusal),
        CreateRefusal::TooManyCandidates { limit, actual } => {
            let detail = format!(
                "An export takes {limit} candidates at most, and these are {actual}: select fewer."
            );
            over(Kind::TooManyCandidates, detail, [limit, actual], place)
        }
        CreateRefusal::PayloadTooLarge { limit, actual } => {
            let detail = format!(
                "An export takes {limit} bytes at most, and these are {actual} at \
                 least: select fewer candidates."
            );
            over(Kind::ExportTooLarge, detail, [limit, actual], place)
        }
        CreateRefusal::Applications { refused, total } => unexportable(refused, total),
        CreateRefusal::SelectionChanged => {
            let detail = "Nothing was queued: what would go out has changed since the preview. Look at \
                          it again, and confirm that.";
            Problem::new(Kind::SelectionChanged, detail)
        }
        CreateRefusal::Disabled { reason, .. } => disabled(reason),
        CreateRefusal::KeyReused => replay::key_reused(),
        CreateRefusal::TooManyTests { limit, retry_after_s } => {
            let detail = format!("This webhook was tested {limit} times within an hour.");
            Problem::new(Kind::TooManyRequests, detail).with_retry_after(retry_after_s.into())
        }
    }
}

fn unknown(unknown: [bool; 2], named: [Object; 2]) -> Problem {
    let places = ["/vacancy_id", "/webhook_id"].into_iter().zip(named).zip(unknown);
    let unknown = places.filter(|(_, unknown)| *unknown).map(|(place, _)| place);
    let (errors, objects) =
        unknown.map(|(pointer, object)| (FieldError::new(pointer, "not found"), object)).unzip();
    Problem::invalid(errors).with_not_found(objects)
}

fn nobody(left_out: LeftOut, place: Place) -> Problem {
    let reasons = left_out.by_reason().map(|(reason, count)| format!("{count} {reason}"));
    let reasons = reasons.collect::<Vec<_>>().join(", ");
    let detail = match (place, left_out.total()) {
        (_, 0) => "Nobody in this vacancy is meant by these filters.".to_owned(),
        (_, 1) => format!("The only person meant cannot be exported ({reasons})."),
        (_, total) => format!("None of the {total} people meant can be exported ({reasons})."),
    };
    let errors = vec![FieldError::new(place.pointer(), detail.clone())];
    Problem::new(Kind::NobodyToSend, detail).with_errors(errors)
}

fn unselectable(refusal: FilterRefusal) -> Problem {
    match refusal {
        FilterRefusal::Unknown => Problem::invalid_value("/vacancy_id", "not found"),
        FilterRefusal::NoWords => {
            let detail = "at least one letter or digit of a name or an e-mail address";
            Problem::invalid_value("/select/q", detail)
        }
        FilterRefusal::UnknownStage(stages) => {
            let stages = stages.join(" · ");
            let detail = format!("names no stage of this vacancy; its stages are: {stages}");
            Problem::invalid_value("/select/stage", detail)
        }
    }
}

fn over(kind: Kind, detail: String, [limit, actual]: [usize; 2], place: Place) -> Problem {
    let number = |count: usize| u64::try_from(count).ok();
    let extras = Extras { limit: number(limit), actual: number(actual), ..Extras::default() };
    let errors = vec![FieldError::new(place.pointer(), detail.clone())];
    Problem::new(kind, detail).with_errors(errors).with_extras(extras)
}

fn unexportable(refused: Vec<Refused>, total: usize) -> Problem {
    let detail = "Nothing was queued: some applications cannot be exported; see errors.";
    let not_found = refused.iter().filter(|refused| refused.why == Unexportable::NotFound);
    let not_found = not_found.map(|refused| refused.id.into()).collect();
    let named = |refused: &Refused| {
        FieldError::new(pointer(refused), sentence(refused)).of_application(refused.id)
    };
    Problem::new(Kind::ApplicationsNotExportable, detail)
        .with_not_found(not_found)
        .with_errors(refused.iter().map(named).collect())
        .with_errors_total(total)
}

/// Where in the body an application is named.
pub(super) fn pointer(refused: &Refused) -> String {
    match refused.index {
        Some(index) => format!("{}/{index}", Place::Ids.pointer()),
        None => Place::Select.pointer().to_owned(),
    }
}

/// Who, and why not. What is not here has an id only: foreign ones look like unknown ones.
fn sentence(refused: &Refused) -> String {
    let why = match refused.why {
        Unexportable::NotFound => return format!("{}: not found in this vacancy", refused.id),
        Unexportable::Duplicate => "named twice",
        Unexportable::Withdrawn => "withdrawn: cannot be exported",
        Unexportable::Restricted => "processing of this person is restricted",
    };
    match &refused.full_name {
        Some(name) => format!("{name}: {why}"),
        None => format!("{}: {why}", refused.id),
    }
}

/// The webhook is disabled.
pub(crate) fn disabled(reason: DisabledReason) -> Problem {
    let why = match reason {
        DisabledReason::Gone => "its receiver said that the address is closed for good",
        DisabledReason::Failing => "it failed for days without a break",
    };
    let detail = format!(
        "This webhook is disabled: {why}. An organisation admin can test it as it is, and enable it \
         for exports once the test is accepted."
    );
    Problem::new(Kind::WebhookDisabled, detail)
}
