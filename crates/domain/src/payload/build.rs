//! From what the store read to the payload, cut to what the webhook receives.

use super::candidate::Candidate;
use super::details::{
    Details, OverallRating, PayloadAnswer, PayloadApplication, PayloadStage, Ratings,
};
use super::flat::{Flat, Identity};
use super::phone;
use super::record::{ApplicationRecord, PayloadContext, PersonRecord, VacancyRecord};
use super::wire::{ExportMember, OrganisationMember, Payload, PayloadType, VacancyMember};
use crate::export::ExportType;
use crate::import::{Answer, Contact, ContactPoint, Link, Rating};
use crate::include::FieldGroup;
use crate::requester::Requester;

const SCHEMA_VERSION: &str = "1.0";

/// The payload of an export: all applications in the given order, cut to what the webhook
/// receives.
pub fn build(context: &PayloadContext, applications: &[ApplicationRecord]) -> Payload {
    let candidates = applications
        .iter()
        .enumerate()
        .map(|(index, application)| candidate(context, index + 1, application))
        .collect();
    Payload { candidates, ..envelope(context, applications.len()) }
}

/// A payload that says how many people it carries, before they are in it.
pub(super) fn envelope(context: &PayloadContext, candidate_count: usize) -> Payload {
    Payload {
        payload_type: PayloadType::CandidatesExported,
        schema_version: SCHEMA_VERSION,
        timestamp: context.requested_at,
        test: is_test(context),
        export: ExportMember {
            id: context.export_id,
            requested_at: context.requested_at,
            requested_by: requester(context),
            candidate_count,
            resent_from: context.resent_from,
            include: context.include,
        },
        organisation: OrganisationMember {
            id: context.organisation.id,
            name: context.organisation.name.clone(),
        },
        vacancy: vacancy(&context.vacancy),
        candidates: Vec::new(),
    }
}

fn is_test(context: &PayloadContext) -> bool {
    context.export_type == ExportType::Test
}

fn requester(context: &PayloadContext) -> Requester {
    let mut requester = context.requester.clone();
    if !context.include.has(FieldGroup::Requester) {
        requester.name = None;
        requester.email = None;
    }
    requester
}

fn vacancy(vacancy: &VacancyRecord) -> VacancyMember {
    VacancyMember {
        id: vacancy.id,
        reference: vacancy.reference.clone(),
        title: vacancy.title.clone(),
        department: vacancy.department.clone(),
        location: vacancy.location.clone(),
        url: vacancy.url.clone(),
    }
}

/// One person of a payload, with their place in it.
pub(super) fn candidate(
    context: &PayloadContext,
    sequence: usize,
    application: &ApplicationRecord,
) -> Candidate {
    let details = details(context, application);
    let mut flat = flat(&details);
    if context.include.has(FieldGroup::Contact) {
        let person = &application.person;
        flat.email = person.email.clone().or_else(|| preferred(&details.contact.emails));
        let phone = person.phone.as_deref().map(|phone| own_phone(phone, person, &details));
        flat.phone = phone.or_else(|| preferred(&details.contact.phones));
    }
    Candidate { identity: identity(context, sequence, application), flat, details }
}

/// Their own number, which mostly stands in the list, too: to tell a country's plan takes time.
fn own_phone(phone: &str, person: &PersonRecord, details: &Details) -> String {
    let listed = person.contact.phones.iter().zip(&details.contact.phones);
    let same = listed.into_iter().find(|(entered, _)| entered.value == phone);
    same.map_or_else(|| phone::normalised(phone).into_owned(), |(_, known)| known.value.clone())
}

fn identity(
    context: &PayloadContext,
    sequence: usize,
    application: &ApplicationRecord,
) -> Identity {
    let person = &application.person;
    Identity {
        sequence,
        export_id: context.export_id,
        test: is_test(context),
        candidate_id: person.id,
        candidate_reference: person.reference.clone(),
        application_id: application.id,
        application_reference: application.reference.clone(),
        vacancy_id: context.vacancy.id,
        vacancy_reference: context.vacancy.reference.clone(),
        vacancy_title: context.vacancy.title.clone(),
        full_name: person.full_name.clone(),
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
    }
}

/// Cuts to the groups of the webhook, once: whatever is flat is copied from the result.
fn details(context: &PayloadContext, application: &ApplicationRecord) -> Details {
    let has = |group| context.include.has(group);
    let person = &application.person;
    let rating = application.rating.as_ref().filter(|_| has(FieldGroup::Ratings));
    let mut details = Details {
        can_contact: person.can_contact,
        consent_expires_at: person.consent_expires_at,
        cover_letter: application.cover_letter.clone().filter(|_| has(FieldGroup::CoverLetter)),
        ratings: Ratings { overall: rating.map(overall).unwrap_or_default() },
        assessments: list(has(FieldGroup::Assessments), &application.assessments),
        qualifications: list(has(FieldGroup::Qualifications), &person.qualifications),
        experience: list(has(FieldGroup::Experience), &person.experience),
        skills: list(has(FieldGroup::Skills), &person.skills),
        attachments: list(has(FieldGroup::Attachments), &person.attachments),
        tags: list(has(FieldGroup::Tags), &person.tags),
        ..Details::default()
    };
    if has(FieldGroup::Contact) {
        details.contact = contact(&person.contact);
    }
    if has(FieldGroup::Application) {
        details.application = whole(application);
    }
    if has(FieldGroup::Answers) {
        details.answers = answers(&application.answers);
    }
    if has(FieldGroup::Stage) {
        details.stage = stage(&context.vacancy.stages, application);
    }
    details
}

fn flat(details: &Details) -> Flat {
    let job = details.experience.iter().find(|job| job.current);
    let linkedin = |link: &&Link| {
        link.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("linkedin"))
    };
    Flat {
        email: None,
        phone: None,
        city: details.contact.address.city.clone(),
        country: details.contact.address.country.clone(),
        linkedin_url: details.contact.links.iter().find(linkedin).map(|link| link.url.clone()),
        current_title: job.and_then(|job| job.title.clone()),
        current_employer: job.and_then(|job| job.employer.clone()),
        application_status: details.application.status,
        applied_at: details.application.applied_at,
        source: details.application.source.clone(),
        stage_name: details.stage.name.clone(),
        stage_order: details.stage.order,
        rating: details.ratings.overall.value.clone(),
        rating_scale_max: details.ratings.overall.scale_max.clone(),
    }
}

fn list<T: Clone>(included: bool, items: &[T]) -> Vec<T> {
    if included { items.to_vec() } else { Vec::new() }
}

/// The primary one, else the first.
fn preferred(points: &[ContactPoint]) -> Option<String> {
    let point = points.iter().find(|point| point.primary).or(points.first())?;
    Some(point.value.clone())
}

fn contact(contact: &Contact) -> Contact {
    let mut contact = contact.clone();
    for phone in &mut contact.phones {
        phone.value = phone::normalised(&phone.value).into_owned();
    }
    contact
}

fn whole(application: &ApplicationRecord) -> PayloadApplication {
    PayloadApplication {
        status: Some(application.status),
        applied_at: Some(application.applied_at),
        updated_at: Some(application.updated_at),
        source: application.source.clone(),
    }
}

fn answers(answers: &[Answer]) -> Vec<PayloadAnswer> {
    let shared = answers.iter().filter(|answer| !answer.sensitive);
    let shared = shared.map(|answer| PayloadAnswer {
        question: answer.question.clone(),
        answer: answer.answer.clone(),
    });
    shared.collect()
}

fn stage(stages: &[String], application: &ApplicationRecord) -> PayloadStage {
    let position = stages.iter().position(|stage| *stage == application.stage);
    PayloadStage {
        name: Some(application.stage.clone()),
        order: position.map(|position| position + 1),
        entered_at: application.stage_entered_at,
    }
}

fn overall(rating: &Rating) -> OverallRating {
    OverallRating {
        value: Some(rating.value.clone()),
        scale_min: Some(rating.scale_min.clone()),
        scale_max: Some(rating.scale_max.clone()),
        count: rating.count,
    }
}
