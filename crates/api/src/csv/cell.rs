//! One cell. A spreadsheet takes what begins with one of a few characters for a formula, and runs it: such
//! a cell gets an apostrophe in front, which spreadsheets read as "this is text".

use domain::name::is_invisible;

/// What begins a formula, or makes a spreadsheet begin anew; in half and full width.
const DANGEROUS: [char; 15] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '﹢', '﹣', '﹦', '﹫'];

/// Appends a cell in quotes.
pub(super) fn write(line: &mut String, text: &str) {
    line.push('"');
    if is_dangerous(text) {
        line.push('\'');
    }
    for char in text.chars() {
        match char {
            '"' => line.push_str("\"\""),
            // Some readers take it for the end of all.
            '\0' => {}
            other => line.push(other),
        }
    }
    line.push('"');
}

/// Whether the first character that is seen is one of those: blanks, invisible characters and control
/// characters before it are passed by, as some spreadsheets do.
fn is_dangerous(text: &str) -> bool {
    let first = text.chars().find(|char| DANGEROUS.contains(char) || !is_blank(*char));
    first.is_some_and(|first| DANGEROUS.contains(&first))
}

fn is_blank(char: char) -> bool {
    char.is_whitespace() || char.is_control() || is_invisible(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut line = String::new();
        write(&mut line, text);
        line
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for harmless in ["", "Ada", "a=1", "1+1", "Ü", "'", "🙂", "<script>", " a"] {
            assert_eq!(cell(harmless), format!("\"{harmless}\""), "{harmless:?}");
        }
        let dangerous = [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\nx",
            " =1",
            "\u{a0}=1",
            "\u{200b}=1",
            "\u{feff}=1",
            "\u{202e}=1",
            "\u{2060} \u{ad}@x",
            "\u{1}=1",
            "\u{b}=1",
            "\u{3000}=1",
            "＝1",
            "\u{200b}＠x",
            "－2",
            "﹦1",
            " \t",
            "\u{180e}=1",
        ];
        for text in dangerous {
            assert_eq!(cell(text), format!("\"'{text}\""), "{text:?}");
        }
        assert_eq!(cell("\0=1"), "\"'=1\"");
        assert_eq!(cell("a\0b"), "\"ab\"");
        assert_eq!(cell("say \"=1\", \r\n twice"), "\"say \"\"=1\"\", \r\n twice\"");
    }
}
