//! What a page saves as a file.

use std::path::Path;

use serde_json::json;

use super::Browser;

impl Browser {
    /// Files are saved into this folder from now on, without a question.
    pub async fn saves_to(&self, folder: &Path) {
        let allowed = json!({ "behavior": "allow", "downloadPath": folder });
        self.session().cdp("Browser.setDownloadBehavior", allowed).await;
    }

    /// Waits until a file whose name begins and ends so is there whole; takes it away.
    pub async fn saved(&self, folder: &Path, start: &str, end: &str) -> Vec<u8> {
        let fits = |name: &str| name.starts_with(start) && name.ends_with(end);
        self.until(&format!("{start}…{end} is saved"), async || {
            let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
            let files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
            let name = |path: &Path| path.file_name().map(|it| it.to_string_lossy().into_owned());
            let found = files.iter().find(|path| name(path).is_some_and(|name| fits(&name)));
            let found = found.ok_or_else(|| format!("there are {files:?}"))?;
            let bytes = std::fs::read(found).map_err(|error| error.to_string())?;
            // Chromium reserves the name with an empty file, and puts the whole one over it.
            if bytes.is_empty() {
                return Err(format!("{} is reserved", found.display()));
            }
            std::fs::remove_file(found).map_err(|error| error.to_string())?;
            Ok(bytes)
        })
        .await
    }
}
