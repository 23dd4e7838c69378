//! The receipt of an export, and the keys that verify receipts.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, ContentType};
use actix_web::{HttpResponse, get, web};
use chrono::Utc;
use domain::actor::Actor;
use domain::id::ExportId;
use serde::{Deserialize, Serialize};
use store::Conn;
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, SeeExports};
use crate::extract::{PathId, Query};
use crate::problem::Problem;
use crate::receipt::{self, Jwks, Receipt, SignedReceipt};
use crate::state::State;

/// How a receipt comes.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptFormat {
    /// To be kept and verified.
    #[default]
    Json,
    /// To be printed, on one page.
    Html,
}

/// Parameters of a receipt.
#[derive(Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReceiptQuery {
    /// How it comes.
    #[serde(default)]
    #[param(default = "json")]
    format: ReceiptFormat,
}

/// Get the receipt of an export
///
/// A signed proof of what was sent, where to, when, and what came of it: no person, no title, no
/// path of a URL. It says how the export stands now; one in progress has no end yet.
#[utoipa::path(
    tag = "exports",
    params(("id" = ExportId, Path, description = "Id of the export"), ReceiptQuery),
    responses((status = 200, description = "The receipt", content(
        (SignedReceipt = "application/json"),
        (String = "text/html"),
    )))
)]
#[get("/v1/exports/{id}/receipt")]
pub(crate) async fn get_export_receipt(
    state: web::Data<State>,
    call: Authorized<SeeExports, (PathId<ExportId>, Query<ReceiptQuery>)>,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), Query(query)) = call.input;
    let key = state.receipt_key.public();
    let read =
        move |conn: &mut Conn, actor: &Actor| store::exports::evidence(conn, actor, id, &key);
    let evidence = call.caller.run(&state, read).await?.ok_or_else(Problem::not_found)?;
    let receipt = Receipt::new(evidence, call.caller.role, &state.contacts, Utc::now());
    let signed = state.receipt_key.sign(receipt).map_err(Problem::internal)?;
    Ok(match query.format {
        ReceiptFormat::Json => HttpResponse::Ok().json(signed),
        ReceiptFormat::Html => HttpResponse::Ok()
            .insert_header(ContentType::html())
            .insert_header((CONTENT_SECURITY_POLICY, receipt::POLICY.as_str()))
            .body(receipt::page(&signed)),
    })
}

/// The keys of receipts
///
/// Public keys that verify receipts, those of earlier `SECRET_KEYS` too (RFC 7517, RFC 8037).
#[utoipa::path(
    tag = "documents", security(()),
    responses((status = 200, description = "The keys", body = Jwks))
)]
#[get("/.well-known/receipt-keys.json")]
pub(crate) async fn get_receipt_keys(state: web::Data<State>) -> Result<web::Json<Jwks>, Problem> {
    let published = state.db.run(store::receipt_keys::all).await?;
    Ok(web::Json(Jwks::new(published, &state.receipt_key)))
}
