//! Lists in settings: entries separated by commas. Blanks around entries, a comma at the end and
//! entries without anything in them mean nothing, in every list alike.

/// The entries of a setting. Named so that the command line takes the whole list as one value:
/// what it calls `Vec` it would cut at the commas itself, blanks and empty entries included.
pub type List<T> = Vec<T>;

/// Reads each entry of a list.
///
/// # Errors
/// Of the first entry that cannot be read: what `entry` says, which names it unless it is secret.
pub fn parse_list<T>(
    text: &str,
    entry: impl Fn(&str) -> Result<T, String>,
) -> Result<List<T>, String> {
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_empty_entries_mean_nothing() {
        let number = |text: &str| text.parse::<u8>().map_err(|_| format!("`{text}` is no number"));
        for text in ["1,2", " 1 , 2 ", "1,2,", ",1,,2, ,", "\t1,\n2\r\n"] {
            assert_eq!(parse_list(text, number), Ok(vec![1, 2]), "{text:?}");
        }
        for text in ["", " ", ",", " , "] {
            assert_eq!(parse_list(text, number), Ok(vec![]), "{text:?}");
        }
        assert_eq!(parse_list("1, x y,z", number), Err("`x y` is no number".to_owned()));
    }
}
