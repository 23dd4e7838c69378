//! The vocabulary of stories: what a person does on a page, or in a part of it. Everything waits until
//! it can be done or seen, and fails with what the page shows instead. A name is the whole accessible
//! name; `Ada…` is any that begins so.

mod act;

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::outline::outline;
use super::session::Session;
use super::tree::{Node, Tree, is_called, spaced};

/// Longest that a page may take for what follows from a click.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked.
const POLL: Duration = Duration::from_millis(40);

/// The page, or a part of it.
#[derive(Debug, Clone)]
pub struct Part {
    pub(super) session: Session,
    places: Vec<Place>,
}

/// How to get to a part from the one around it.
#[derive(Debug, Clone)]
enum Place {
    /// By role, and a name or a text in it.
    Named(String, String),
    /// By a selector.
    Css(String),
}

impl Part {
    pub(super) fn whole(session: Session) -> Self {
        Self { session, places: Vec::new() }
    }

    /// The one part with this role (`dialog`, `row`, `listitem`, `region`, `navigation`, `group`, …)
    /// and name, or else with this text in it; `""`: the only one with this role.
    #[must_use]
    pub fn within(&self, role: &str, name: &str) -> Self {
        self.at(Place::Named(role.to_owned(), name.to_owned()))
    }

    /// The first element that a selector finds, for what has no name.
    #[must_use]
    pub fn within_css(&self, selector: &str) -> Self {
        self.at(Place::Css(selector.to_owned()))
    }

    fn at(&self, place: Place) -> Self {
        let mut places = self.places.clone();
        places.push(place);
        Self { session: self.session.clone(), places }
    }

    /// Waits until this text can be read, whatever is around it; blanks count once.
    pub async fn sees(&self, text: &str) {
        self.until(&format!("{text:?} is seen"), async || {
            let shown = self.shown().await?;
            shown.contains(&spaced(text)).then_some(()).ok_or_else(|| "it is not".to_owned())
        })
        .await;
    }

    /// Waits until this text cannot be read.
    pub async fn sees_not(&self, text: &str) {
        self.until(&format!("{text:?} is not seen"), async || {
            let shown = self.shown().await?;
            (!shown.contains(&spaced(text))).then_some(()).ok_or_else(|| "it is".to_owned())
        })
        .await;
    }

    /// All text that can be read now, on one line.
    pub async fn text(&self) -> String {
        self.until("there is text", async || self.shown().await).await
    }

    /// Waits for a heading with this name.
    pub async fn heading(&self, name: &str) {
        self.has("heading", name).await;
    }

    /// Waits for something with this role and name (`has("button", "Export")`).
    pub async fn has(&self, role: &str, name: &str) {
        self.until(&format!("there is the {role} {name:?}"), async || {
            let found = self.named(role, name).await?;
            (found > 0).then_some(()).ok_or_else(|| "there is none".to_owned())
        })
        .await;
    }

    /// Waits until nothing has this role and name; `""`: nothing has this role.
    pub async fn has_not(&self, role: &str, name: &str) {
        self.until(&format!("there is no {role} {name:?}"), async || {
            let found = self.named(role, name).await?;
            (found == 0).then_some(()).ok_or_else(|| format!("there are {found}"))
        })
        .await;
    }

    /// Waits until so many have this role (`counts("row", 31)`).
    pub async fn counts(&self, role: &str, number: usize) {
        self.until(&format!("there are {number} of {role}"), async || {
            let found = self.named(role, "").await?;
            (found == number).then_some(()).ok_or_else(|| format!("there are {found}"))
        })
        .await;
    }

    /// The names of all with this role as they are now, or their texts where they have no name.
    pub async fn names(&self, role: &str) -> Vec<String> {
        self.until(&format!("names of {role} are read"), async || {
            let tree = self.tree().await?;
            let here = self.here(&tree).await?;
            let found = tree.below(here).into_iter().map(|(_, node)| node);
            let found = found.filter(|node| node.is_heard && node.role == role);
            let name = |node: &Node| match node.name.as_str() {
                "" => tree.text(node),
                name => name.to_owned(),
            };
            Ok(found.map(name).collect())
        })
        .await
    }

    /// Waits until what has the focus is called so.
    pub async fn focuses(&self, name: &str) {
        self.until(&format!("{name:?} has the focus"), async || {
            let focused = self.focused().await;
            is_called(&focused, name).then_some(()).ok_or_else(|| format!("{focused:?} has it"))
        })
        .await;
    }

    /// The name of what has the focus now; `""`: nothing.
    pub async fn focused(&self) -> String {
        let tree = self.tree().await.unwrap_or_else(|error| panic!("{error}"));
        let below = tree.root().map(|root| tree.below(root)).unwrap_or_default();
        let focused = below.into_iter().find(|(_, node)| node.is("focused"));
        focused.map(|(_, node)| node.name.clone()).unwrap_or_default()
    }

    /// Waits until something with this name has a property: `is("Include phone", "checked")`,
    /// `disabled`, `expanded`, `selected`, `required`, `invalid`.
    pub async fn is(&self, name: &str, property: &str) {
        self.has_property(name, property, true).await;
    }

    /// Waits until it has not.
    pub async fn is_not(&self, name: &str, property: &str) {
        self.has_property(name, property, false).await;
    }

    async fn has_property(&self, name: &str, property: &str, wanted: bool) {
        self.until(&format!("{name:?} is {property}: {wanted}"), async || {
            let tree = self.tree().await?;
            let here = self.here(&tree).await?;
            let node = one(&tree, here, name, |node| act::is_usable(&node.role))?;
            (node.is(property) == wanted).then_some(()).ok_or_else(|| "it is not so".to_owned())
        })
        .await;
    }

    async fn named(&self, role: &str, name: &str) -> Result<usize, String> {
        let tree = self.tree().await?;
        let here = self.here(&tree).await?;
        let all = tree.below(here).into_iter().map(|(_, node)| node);
        let all = all.filter(|node| node.is_heard && node.role == role);
        Ok(all.filter(|node| name.is_empty() || is_called(&node.name, name)).count())
    }

    async fn shown(&self) -> Result<String, String> {
        let node = if self.places.is_empty() {
            self.session.node_of("document.body").await?
        } else {
            let tree = self.tree().await?;
            self.here(&tree).await?.element.ok_or("no element")?
        };
        let text = self.session.call_on(node, "function () { return this.innerText }").await?;
        Ok(spaced(text.as_str().unwrap_or_default()))
    }

    async fn tree(&self) -> Result<Tree, String> {
        let answer = self.session.try_cdp("Accessibility.getFullAXTree", json!({})).await?;
        Ok(Tree::of(&answer))
    }

    /// The node of this part.
    async fn here<'a>(&self, tree: &'a Tree) -> Result<&'a Node, String> {
        let mut here = tree.root().ok_or("the page is empty")?;
        for place in &self.places {
            here = match place {
                Place::Named(role, name) => part_of(tree, here, role, name)?,
                Place::Css(selector) => {
                    let found = format!("document.querySelector({})", json!(selector));
                    let element = self.session.node_of(&found).await?;
                    tree.of_element(element).ok_or("it is hidden")?
                }
            };
        }
        Ok(here)
    }

    /// Looks until there is an answer; fails with the last reason why there was none.
    pub(super) async fn until<T>(
        &self,
        what: &str,
        mut look: impl AsyncFnMut() -> Result<T, String>,
    ) -> T {
        let mut tick = interval(POLL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let end = Instant::now() + PATIENCE;
        loop {
            tick.tick().await;
            match look().await {
                Ok(found) => return found,
                Err(reason) if Instant::now() > end => {
                    self.fail(&format!("{what}: {reason}")).await;
                }
                Err(_) => {}
            }
        }
    }

    /// Fails with what the page shows.
    pub(super) async fn fail(&self, what: &str) -> ! {
        let places: String = self.places.iter().map(|place| format!(" in {place:?}")).collect();
        panic!("{what}{places}\n{}", outline(&self.session).await)
    }
}

/// The one node of some that is called so.
fn one<'a>(
    tree: &'a Tree,
    here: &'a Node,
    name: &str,
    wanted: impl Fn(&Node) -> bool,
) -> Result<&'a Node, String> {
    let all = tree.below(here).into_iter().map(|(_, node)| node);
    let named = all.filter(|node| node.is_heard && wanted(node) && is_called(&node.name, name));
    only(named.collect())
}

/// By name, or else by a text in it: the innermost.
fn part_of<'a>(tree: &'a Tree, here: &'a Node, role: &str, name: &str) -> Result<&'a Node, String> {
    let all = tree.below(here).into_iter().map(|(_, node)| node);
    let all: Vec<_> = all.filter(|node| node.is_heard && node.role == role).collect();
    let named = all.iter().copied().filter(|node| name.is_empty() || is_called(&node.name, name));
    let named: Vec<_> = named.collect();
    if !named.is_empty() {
        return only(named).map_err(|reason| format!("{role} {name:?}: {reason}"));
    }
    let holding: Vec<_> = all.into_iter().filter(|node| tree.text(node).contains(name)).collect();
    let innermost = holding.iter().copied().filter(|outer| {
        let below = tree.below(outer);
        !holding.iter().any(|inner| below.iter().any(|(_, node)| std::ptr::eq(*node, *inner)))
    });
    only(innermost.collect()).map_err(|reason| format!("{role} {name:?}: {reason}"))
}

fn only(found: Vec<&Node>) -> Result<&Node, String> {
    match found[..] {
        [one] => Ok(one),
        [] => Err("there is none".to_owned()),
        _ => Err(format!("there are {}: say within which part", found.len())),
    }
}
