//! The folder of the console's files: what is in it, which version that is, and what each file is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// The file that is the page.
pub(super) const PAGE: &str = "index.html";

#[derive(RustEmbed)]
#[folder = "console/"]
struct Folder;

/// All files with their names, relative to the folder, in the order of these.
pub(super) fn files() -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<_> = Folder::iter().map(std::borrow::Cow::into_owned).collect();
    names.sort();
    let read = |name: String| {
        let file = Folder::get(&name)?;
        Some((name, file.data.into_owned()))
    };
    names.into_iter().filter_map(read).collect()
}

/// A name for exactly these files.
pub(super) fn version(files: &[(String, Vec<u8>)]) -> String {
    let mut digest = Sha256::new();
    for (name, bytes) in files {
        // With their lengths, so that no two folders read alike.
        for part in [name.as_bytes(), bytes] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
    }
    URL_SAFE_NO_PAD.encode(&digest.finalize()[..12])
}

/// By the end of the name.
pub(super) fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        Some("json") => "application/json",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_do_not_wander_between_name_and_content() {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let one = version(&[file("a", "bc")]);
        for other in [vec![file("ab", "c")], vec![file("a", "b"), file("", "c")], vec![]] {
            assert_ne!(one, version(&other), "{other:?}");
        }
        assert!(one.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{one}");
    }

    #[test]
    fn each_file_is_known_by_its_end() {
        let unknown = files().into_iter().map(|(name, _)| name);
        let unknown = unknown.filter(|name| media_type(name) == "application/octet-stream");
        assert_eq!(unknown.collect::<Vec<_>>(), Vec::<String>::new());
    }
}
