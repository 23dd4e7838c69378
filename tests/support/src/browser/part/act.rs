//! What a person does: click, fill in, choose, press keys.

use fantoccini::elements::{Element, ElementRef};
use serde_json::json;

use super::{Part, one};
use crate::browser::keys::pressed;

/// What can be clicked.
const CLICKED: [&str; 11] = [
    "button",
    "checkbox",
    "link",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "option",
    "radio",
    "summary",
    "switch",
    "tab",
];
/// What can be filled in.
const FILLED: [&str; 5] = ["combobox", "listbox", "searchbox", "spinbutton", "textbox"];
/// Kinds of inputs that the browser lets nobody type a text into.
const DATES: [&str; 5] = ["date", "datetime-local", "month", "time", "week"];
/// Sets them as the browser's own calendar does.
const SET: &str = "const [input, value] = arguments; input.value = value; \
    for (const kind of ['input', 'change']) input.dispatchEvent(new Event(kind, { bubbles: true }))";

/// Whether a person can do something with it.
pub(super) fn is_usable(role: &str) -> bool {
    CLICKED.contains(&role) || FILLED.contains(&role)
}

impl Part {
    /// Clicks the one button, link, checkbox, radio, tab or summary with this name.
    pub async fn click(&self, name: &str) {
        self.until(&format!("{name:?} is clicked"), async || {
            let element = self.element(name, |role| CLICKED.contains(&role)).await?;
            element.click().await.map_err(|error| error.to_string())
        })
        .await;
    }

    /// Writes into the field with this label, in the place of what is there.
    pub async fn fill(&self, label: &str, text: &str) {
        self.until(&format!("{label:?} is filled in"), async || {
            let element = self.element(label, |role| FILLED.contains(&role)).await?;
            let kind = element.prop("type").await.map_err(|error| error.to_string())?;
            if kind.is_some_and(|kind| DATES.contains(&kind.as_str())) {
                let input = serde_json::to_value(&element).map_err(|error| error.to_string())?;
                let set = self.session.client.execute(SET, vec![input, json!(text)]).await;
                return set.map(drop).map_err(|error| error.to_string());
            }
            element.clear().await.map_err(|error| error.to_string())?;
            element.send_keys(text).await.map_err(|error| error.to_string())
        })
        .await;
    }

    /// Chooses an option of the list with this label.
    pub async fn choose(&self, label: &str, option: &str) {
        self.until(&format!("{option:?} of {label:?} is chosen"), async || {
            let element = self.element(label, |role| FILLED.contains(&role)).await?;
            element.select_by_label(option).await.map_err(|error| error.to_string())
        })
        .await;
    }

    /// What is in the field with this label.
    pub async fn value(&self, label: &str) -> String {
        self.until(&format!("{label:?} is read"), async || {
            let element = self.element(label, |role| FILLED.contains(&role)).await?;
            let value = element.prop("value").await.map_err(|error| error.to_string())?;
            Ok(value.unwrap_or_default())
        })
        .await
    }

    /// Presses a key, wherever the focus is: `Tab`, `Shift+Tab`, `Enter`, `Escape`, `Space`, `Down`, `/`.
    pub async fn press(&self, keys: &str) {
        self.session.did(keys, self.session.client.perform_actions(pressed(keys)).await);
    }

    /// The element that is called so, once it can be used.
    async fn element(&self, name: &str, wanted: fn(&str) -> bool) -> Result<Element, String> {
        let tree = self.tree().await?;
        let here = self.here(&tree).await?;
        let node = one(&tree, here, name, |node| wanted(&node.role))?;
        if node.is("disabled") {
            return Err("it is disabled".to_owned());
        }
        let number = node.element.ok_or("it is not in the document")?;
        // From the tools' numbers to the standard's, by way of the page.
        self.session.call_on(number, "function () { window.named = this }").await?;
        let take = "const it = window.named; delete window.named; return it";
        let found = self.session.client.execute(take, Vec::new()).await;
        let found = found.map_err(|error| error.to_string())?;
        let reference = found.as_object().and_then(|found| found.values().next()?.as_str());
        let reference = reference.ok_or("it is gone")?.to_owned();
        Ok(Element::from_element_id(self.session.client.clone(), ElementRef::from(reference)))
    }
}
