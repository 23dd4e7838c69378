//! What comes out of a printer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Browser;

impl Browser {
    /// How many sheets it takes to print what is shown.
    pub async fn printed_pages(&self) -> usize {
        let wanted = json!({ "preferCSSPageSize": true, "printBackground": true });
        let printed = self.session().cdp("Page.printToPDF", wanted).await;
        let printed = printed["data"].as_str().expect("a PDF");
        let printed = STANDARD.decode(printed).expect("base64");
        String::from_utf8_lossy(&printed).matches("/Type /Page\n").count()
    }
}
