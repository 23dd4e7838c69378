//! Where the keys come from: a file, or an https URL. This is the API's only outgoing request.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::{VerifyingKey, jwks};

const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// A JWKS has a few kilobytes.
const LARGEST_JWKS: usize = 1024 * 1024;

/// Where a JWKS is.
pub(super) enum Place {
    File(PathBuf),
    Url(Url),
}

impl Place {
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        match Url::parse(text) {
            Ok(url) if url.scheme() == "https" => Ok(Self::Url(url)),
            Ok(url) if url.scheme() == "http" => {
                anyhow::bail!("AUTH_JWKS is an http URL: keys are fetched by https only")
            }
            _ => Ok(Self::File(PathBuf::from(text))),
        }
    }

    pub(super) async fn read(&self) -> anyhow::Result<Vec<VerifyingKey>> {
        let text = match self {
            Self::File(path) => std::fs::read(path)?,
            Self::Url(url) => fetch(url.clone()).await?,
        };
        jwks::parse(&text)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Url(url) => write!(f, "{}", url.host_str().unwrap_or_default()),
        }
    }
}

/// A client of its own for each fetch: they are rare, and none outlives its runtime.
async fn fetch(url: Url) -> anyhow::Result<Vec<u8>> {
    let client = reqwest::Client::builder()
        .timeout(FETCH_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let mut response = client.get(url).send().await?;
    anyhow::ensure!(response.status() == 200, "the answer was {}", response.status());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        anyhow::ensure!(body.len() <= LARGEST_JWKS, "the answer is longer than 1 MiB");
    }
    Ok(body)
}
