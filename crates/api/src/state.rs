//! What every request of a process shares.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::address::AddressGuard;
use domain::explanation::Contacts;
use domain::sealing::SealingKeys;
use domain::webhook_url::UrlRules;
use secrecy::ExposeSecret;
use store::db::{Gate, Share};
use store::exports::{Limits as ExportLimits, Together};
use store::{Db, DbConfig};

use crate::auth::{KeySource, Verifier};
use crate::config::ApiConfig;
use crate::console::Console;
use crate::csv::Downloads;
use crate::imports::Imports;
use crate::key_uses::KeyUses;
use crate::limits::Limits;
use crate::members::Members;
use crate::notifier::Notifier;
use crate::receipt::ReceiptKey;
use crate::refusals::Refusals;
use crate::uploads::Uploads;
use crate::watcher::Watcher;

/// Connections of a process to the database.
const POOL_SIZE: u32 = 16;
/// Fewer, where there are few for all.
const SHARE: Share = Share { least: 3, one_in: 8 };

/// What every request of a process shares; nothing in it changes but pool and keys.
pub struct State {
    /// The database.
    pub db: Db,
    /// Where exports meet that are asked for at the same time.
    pub together: Arc<Together>,
    /// Notifies lanes and workers of new jobs.
    pub notifier: Notifier,
    /// How much may be asked.
    pub limits: Limits,
    /// How often a live stream gives a sign of life.
    pub heartbeat: Duration,
    /// Live status.
    pub watcher: Watcher,
    /// Tells the audit what was refused.
    pub refusals: Refusals,
    /// Notes when API keys were used.
    pub key_uses: KeyUses,
    /// Notes who calls, so that they can be told.
    pub members: Members,
    /// Bodies on their way in.
    pub uploads: Uploads,
    /// What is downloaded just now.
    pub downloads: Downloads,
    /// Imports under way.
    pub imports: Imports,
    /// How long an import may take to arrive.
    pub import_timeout: Duration,
    /// Checks tokens.
    pub verifier: Verifier,
    /// Seals URLs and signing secrets.
    pub keys: SealingKeys,
    /// Signs receipts.
    pub receipt_key: ReceiptKey,
    /// What may be registered.
    pub rules: UrlRules,
    /// What advice refers to.
    pub contacts: Contacts,
    /// Where people look at exports and webhooks.
    pub app_url: Option<String>,
    /// Most candidates in one export.
    pub max_candidates: u32,
    /// Most bytes of one payload.
    pub max_payload_bytes: u32,
    /// How long the payload of a failed export is kept.
    pub payload_retention: Duration,
    /// How long the payload of a delivered export is kept.
    pub payload_retention_delivered: Duration,
    /// The pages for a browser, where they are served.
    pub(crate) console: Option<Console>,
    /// What the documentation shows in place of ids that name nothing.
    pub docs_examples: Option<PathBuf>,
}

impl State {
    /// Reads the settings; the database may come later.
    ///
    /// # Errors
    /// One sentence that says which setting cannot be used and what to do.
    pub async fn new(config: ApiConfig, gate: Gate) -> anyhow::Result<Self> {
        // Another part of the process may have chosen the same one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let keys = SealingKeys::parse(config.secret_keys.expose_secret())
            .map_err(|problem| anyhow::anyhow!("SECRET_KEYS cannot be used: {problem}"))?;
        let url = config.database_url.expose_secret();
        let db = |size| {
            let config = DbConfig { share: SHARE, gate: gate.clone(), ..DbConfig::new(url, size) };
            Db::new(&config).context("DATABASE_URL cannot be used")
        };
        let hints = config.wake_up.then(|| db(1)).transpose()?;
        let notifier = hints.map_or_else(Notifier::off, Notifier::start);
        let db = db(POOL_SIZE)?;
        let jwks = KeySource::open(&config.auth_jwks).await?;
        jwks.keep_fresh(config.auth_jwks_refresh);
        warn_of_openings(&config);
        let listen_url = config.database_listen_url.unwrap_or(config.database_url);
        Ok(Self {
            limits: Limits::new(config.caller_limit, config.organisation_limit),
            heartbeat: config.heartbeat,
            watcher: Watcher::new(db.clone(), listen_url),
            refusals: Refusals::start(db.clone()),
            key_uses: KeyUses::start(db.clone()),
            members: Members::start(db.clone()),
            together: Arc::default(),
            db,
            uploads: Uploads::default(),
            downloads: Downloads::default(),
            imports: Imports::new(POOL_SIZE, config.import_timeout),
            import_timeout: config.import_timeout,
            notifier,
            receipt_key: ReceiptKey::derive(&keys),
            keys,
            verifier: Verifier {
                issuer: config.auth_issuer,
                audience: config.auth_audience,
                max_lifetime: config.max_token_lifetime,
                keys: jwks,
            },
            rules: UrlRules {
                allow_http: config.allow_http,
                allow_ports: config.allow_ports,
                guard: AddressGuard { allow: config.allow_nets, deny: config.deny_nets },
            },
            contacts: Contacts { support_url: config.support_url, egress_ips: config.egress_ips },
            app_url: config.app_url,
            max_candidates: config.max_candidates,
            max_payload_bytes: config.max_payload_bytes,
            payload_retention: config.payload_retention,
            payload_retention_delivered: config.payload_retention_delivered,
            console: config.console.then(Console::load),
            docs_examples: config.docs_examples,
        })
    }

    /// Exports ended by a request: whoever follows them here or at another process is told.
    pub(crate) fn ended(&self) {
        self.watcher.changed();
        self.notifier.ended();
    }

    /// What an export may be at most.
    pub fn export_limits(&self) -> ExportLimits {
        let number = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        ExportLimits {
            max_candidates: number(self.max_candidates),
            max_payload_bytes: number(self.max_payload_bytes),
        }
    }
}

fn warn_of_openings(config: &ApiConfig) {
    if config.allow_http {
        tracing::warn!("ALLOW_HTTP is set: candidate data may travel unencrypted");
    }
    if !config.allow_nets.is_empty() {
        let nets = &config.allow_nets;
        tracing::warn!(?nets, "ALLOW_NETS is set: webhooks may lead into these networks");
    }
}
