//! The route table, which is the table of the OpenAPI document too: what is not named here does
//! not exist, neither for clients nor on paper.

pub mod api_keys;
pub mod applications;
pub mod attempts;
pub mod audit_events;
pub mod candidates;
pub mod documents;
pub mod exports;
pub mod health;
pub mod import;
pub mod me;
pub mod notifications;
pub mod organisations;
pub mod search;
pub mod vacancies;
pub mod webhooks;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds every operation.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(me::get_me)
        .service(webhooks::read::list_webhooks)
        .service(webhooks::read::register::download_webhooks)
        .service(webhooks::check::check_webhook)
        .service(webhooks::create::create_webhook)
        .service(webhooks::read::get_webhook)
        .service(webhooks::control::delete_webhook)
        .service(webhooks::control::test_webhook)
        .service(webhooks::control::rotate_webhook_secret)
        .service(webhooks::control::end_webhook_rotation)
        .service(webhooks::control::enable_webhook)
        .service(webhooks::review::review_webhook)
        .service(webhooks::replace::replace_webhook)
        .service(webhooks::resend::resend_webhook_exports)
        .service(vacancies::list_vacancies)
        .service(vacancies::get_vacancy)
        .service(applications::list_applications)
        .service(import::import_applications)
        .service(candidates::list_candidates)
        .service(candidates::erase::erase_candidate)
        .service(candidates::erase::erase_candidate_by_reference)
        .service(candidates::exports::list_candidate_exports)
        .service(exports::preview::preview_export)
        .service(exports::create::create_export)
        .service(exports::read::list_exports)
        .service(exports::read::download::download_exports)
        .service(exports::events::follow_exports)
        .service(exports::summary::summarize_exports)
        .service(exports::read::get_export)
        .service(exports::read::get_export_payload)
        .service(exports::read::list_export_attempts)
        .service(exports::events::follow_export)
        .service(exports::receipt::get_export_receipt)
        .service(exports::control::cancel_export)
        .service(exports::resend::resend_export)
        .service(exports::people::list_export_people)
        .service(exports::control::forget_export_payload)
        .service(attempts::list_attempts)
        .service(attempts::download::download_attempts)
        .service(audit_events::list_audit_events)
        .service(audit_events::download::download_audit_events)
        .service(search::search)
        .service(organisations::list_organisations)
        .service(attempts::summary::summarize_attempts)
        .service(api_keys::list_api_keys)
        .service(api_keys::create_api_key)
        .service(api_keys::revoke_api_key)
        .service(notifications::list_notifications)
        .service(notifications::seen::mark_notifications_seen)
        .service(notifications::preferences::get_notification_preferences)
        .service(notifications::preferences::set_notification_preferences)
        .service(health::get_health)
        .service(health::get_readiness)
        .service(documents::get_openapi)
        .service(documents::get_problem)
        .service(documents::get_payload_schema)
        .service(documents::get_payload_sample)
        .service(exports::receipt::get_receipt_keys);
}
