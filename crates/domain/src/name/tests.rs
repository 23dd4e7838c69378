//! What names become, which are the same, and that a name in its form stays as it is.

use proptest::prelude::*;

use super::*;

#[test]
fn a_name_takes_its_one_form() {
    let cases = [
        ("CRM", "CRM"),
        ("  CRM \t", "CRM"),
        ("C\u{200b}RM", "CRM"),
        ("\u{feff}CRM\u{200e}", "CRM"),
        ("C\u{ad}R\u{2060}M", "CRM"),
        ("Zapier:\u{a0}\u{a0}new\r\n hires", "Zapier: new hires"),
        ("山田\u{3000}太郎", "山田 太郎"),
        ("Zoe\u{308}", "Zoë"),
        // What parted them goes first: the accent finds its letter.
        ("Zoe\u{200b}\u{308}", "Zoë"),
        ("\u{202e}gro.evil\u{202c}", "gro.evil"),
        ("\u{2068}Ada\u{2069} \u{200b} Example", "Ada Example"),
        ("Ada \u{3164}", "Ada"),
        ("Jose\u{301} Mari\u{301}a O’Brien-Ng", "José María O’Brien-Ng"),
        ("ﬁ Ａ", "ﬁ Ａ"),
    ];
    for (text, name) in cases {
        assert_eq!(clean(text).as_deref(), Ok(name), "{text:?}");
    }
}

#[test]
fn what_changes_the_writing_stays() {
    let cases = [
        ("Persian", "علی\u{200c}رضا"),
        ("Sinhala", "ශ\u{dca}\u{200d}ර\u{dd3}"),
        ("Malayalam, at the end", "മ\u{d4b}ഹന\u{d4d}\u{200d}"),
        ("Hindi", "र\u{94d}\u{200c}क"),
        ("a variant of a Han character", "葛\u{e0100}城"),
        ("a family of emoji", "👩\u{200d}👧"),
        ("an emoji in colour", "❤\u{fe0f}\u{200d}🔥"),
    ];
    for (what, name) in cases {
        assert_eq!(clean(name).as_deref(), Ok(name), "{what}");
        assert!(!key(name).chars().any(is_invisible), "{what}: its key leaves them aside");
    }
    for (text, name) in [
        ("Ada\u{200d}Example", "AdaExample"),
        ("علی\u{200c}", "علی"),
        ("\u{200c}علی", "علی"),
        ("علی \u{200c}رضا", "علی رضا"),
        ("A\u{fe0f}da", "Ada"),
        ("A\u{e0100}", "A"),
    ] {
        assert_eq!(clean(text).as_deref(), Ok(name), "{text:?}");
    }
}

#[test]
fn what_is_no_name_is_told() {
    for blank in ["", " ", "\u{200b}", "\u{202e} \u{202c}", "\u{2800}", "\u{3164}\u{ffa0}"] {
        assert_eq!(clean(blank), Err(NameRefusal::Blank), "{blank:?}");
    }
    let refusal = clean("C\u{7}RM").expect_err("it rings");
    assert_eq!(refusal.to_string(), "contains the control character U+0007: remove it");
    for control in ['\0', '\u{1b}', '\u{7f}', '\u{9b}'] {
        assert_eq!(clean(&format!("A{control}")), Err(NameRefusal::Control(control.into())));
    }
}

#[test]
fn case_and_form_make_no_other_name() {
    let cases = [
        ["CRM", "crm"],
        ["Straße", "STRASSE"],
        ["Straße", "STRAẞE"],
        ["Ἀχιλλεύς", "ἈΧΙΛΛΕΎΣ"],
        ["ИВАНОВ", "Иванов"],
        ["ﬁrm", "FIRM"],
        ["ＣＲＭ", "crm"],
        ["Zoe\u{308}", "ZOË"],
        ["علی\u{200c}رضا", "علیرضا"],
        ["㎏", "KG"],
        ["ᾀ\u{a8c4}", "ἈΙ\u{a8c4}"],
    ];
    for [one, other] in cases {
        assert_eq!(key(one), key(other));
    }
    for [one, other] in [["CRM", "CRM 2"], ["Zoe", "Zoë"], ["a b", "ab"]] {
        assert_ne!(key(one), key(other));
    }
}

proptest! {
    #[test]
    fn a_name_in_its_form_stays(text in "\\PC{0,20}") {
        let Ok(name) = clean(&text) else { return Ok(()) };
        prop_assert_eq!(clean(&name), Ok(name.clone()));
        prop_assert_eq!(name.trim(), &name);
        prop_assert_eq!(name.nfc().collect::<String>(), &*name);
        prop_assert!(!name.contains("  ") && !name.chars().any(char::is_control));
    }

    #[test]
    fn no_case_makes_another_key(name in "\\PC{0,20}") {
        prop_assert_eq!(key(&name.to_uppercase()), key(&name));
        prop_assert_eq!(key(&name.to_lowercase()), key(&name));
        prop_assert_eq!(key(&key(&name)), key(&name));
    }
}
