//! Text in a page: what it says is never read as HTML.

use std::fmt::{self, Display};

/// Written so that HTML shows it as it is (HTML Standard, "Escaping a string").
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.to_string().chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn nothing_in_a_text_is_markup() {
        let text = Text("<b onclick=\"a('b')\">&amp;").to_string();
        assert_eq!(text, "&lt;b onclick=&quot;a(&#39;b&#39;)&quot;&gt;&amp;amp;");
    }
}
