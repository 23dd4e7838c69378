//! Characters that nobody sees, and where they matter all the same.

/// Zero width non-joiner.
const ZWNJ: char = '\u{200c}';
/// Zero width joiner.
const ZWJ: char = '\u{200d}';

/// Whether a character cannot be seen, or only turns the direction of others: Unicode's
/// Default_Ignorable_Code_Point, format controls without a shape of their own, the blank Braille
/// pattern, and noncharacters. White space and control characters (Cc) are not meant.
pub fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
        || u32::from(char) & 0xfffe == 0xfffe
}

/// Whether an invisible character changes how its neighbours are written.
pub(super) fn matters(before: Option<char>, char: char, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    match char {
        ZWJ if is_pictograph(before) || is_pictograph_selector(before) => {
            after.is_some_and(is_pictograph)
        }
        ZWJ | ZWNJ if joins(before) => is_virama(before) || after.is_some_and(joins),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => matches!(before, '\u{1820}'..='\u{18aa}'),
        '\u{fe00}'..='\u{fe0e}' => is_han(before) || is_pictograph(before),
        '\u{fe0f}' => is_pictograph(before),
        '\u{e0100}'..='\u{e01ef}' => is_han(before),
        _ => false,
    }
}

/// Letters and marks of scripts that join or stack: Arabic to Sinhala, Myanmar, Khmer, Mongolian,
/// Javanese and their kin, Brahmic scripts of the supplementary plane, Adlam. By blocks: here it
/// decides only whether a joiner between two of them is kept.
fn joins(char: char) -> bool {
    matches!(char,
        '\u{620}'..='\u{65f}' | '\u{66e}'..='\u{6d3}' | '\u{6d5}'..='\u{6ff}'
        | '\u{710}'..='\u{7ff}' | '\u{840}'..='\u{dff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17d3}' | '\u{1820}'..='\u{18aa}' | '\u{1a20}'..='\u{1aad}'
        | '\u{1b00}'..='\u{1bff}' | '\u{a840}'..='\u{a87f}' | '\u{a8e0}'..='\u{a9df}'
        | '\u{aa60}'..='\u{aa7f}' | '\u{abc0}'..='\u{abff}' | '\u{fb50}'..='\u{fdcf}'
        | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{10a5f}' | '\u{10d00}'..='\u{10d3f}'
        | '\u{11000}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
}

/// What takes away a consonant's vowel: a joiner after it chooses the shape, even at a word's end.
fn is_virama(char: char) -> bool {
    matches!(
        char,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d3b}'
            | '\u{d3c}'
            | '\u{d4d}'
            | '\u{dca}'
            | '\u{1039}'
            | '\u{103a}'
            | '\u{17d2}'
            | '\u{1a60}'
            | '\u{1b44}'
            | '\u{1baa}'
            | '\u{1bab}'
            | '\u{a8c4}'
            | '\u{a953}'
            | '\u{a9c0}'
            | '\u{abed}'
            | '\u{10a3f}'
            | '\u{11046}'
            | '\u{110b9}'
            | '\u{11133}'
    )
}

fn is_han(char: char) -> bool {
    matches!(char, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}')
}

fn is_pictograph(char: char) -> bool {
    matches!(char, '\u{2190}'..='\u{27ff}' | '\u{2900}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Asks for the coloured form of the pictograph before it, and is kept only there.
fn is_pictograph_selector(char: char) -> bool {
    char == '\u{fe0f}'
}
