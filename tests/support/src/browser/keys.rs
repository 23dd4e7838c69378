//! Keys by the names that people give them.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

/// `Tab`, `Shift+Tab`, `Enter`, `/`: pressed and let go.
pub(super) fn pressed(keys: &str) -> KeyActions {
    let values: Vec<char> = match keys {
        "+" => vec!['+'],
        keys => keys.split('+').map(value).collect(),
    };
    let down = values.iter().map(|value| KeyAction::Down { value: *value });
    let up = values.iter().rev().map(|value| KeyAction::Up { value: *value });
    down.chain(up).fold(KeyActions::new("keyboard".to_owned()), InputSource::then)
}

fn value(name: &str) -> char {
    let key = match name {
        "Tab" => Key::Tab,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Shift" => Key::Shift,
        "Control" => Key::Control,
        "Alt" => Key::Alt,
        "Up" => Key::Up,
        "Down" => Key::Down,
        "Left" => Key::Left,
        "Right" => Key::Right,
        "Home" => Key::Home,
        "End" => Key::End,
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "Space" => return ' ',
        name => {
            let mut letters = name.chars();
            let letter = letters.next().filter(|_| letters.next().is_none());
            return letter.unwrap_or_else(|| panic!("no key is called {name}"));
        }
    };
    key.into()
}
