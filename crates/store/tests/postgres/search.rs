//! Whom `q` finds among the applications of a vacancy.

use domain::name::is_invisible;
use serde_json::json;
use store::applications::{ApplicationFilter, FilterRefusal, ListRefusal, list};

use crate::applications::{found, four_people};
use crate::database::World;
use crate::people::{application, candidate, import, vacancy, vacancy_id};

#[test]
fn a_name_is_found_however_it_is_written() {
    let mut world = World::new();
    let people = [
        "Siobhán O’Brien-Nolan",
        "Anne Marie O Brien",
        "Łukasz Ødegård",
        "Jörg Weiß",
        "Ἀχιλλεύς Ёлкин",
        "José\u{a0}\u{ff2d}\u{ff41}\u{ff52}ía d'Ávila",
        "J. R. R. Example",
        "Jane Doe_",
        "ვახტანგ Example",
        "ꭰꭱ Example",
        "山田 太郎",
        "Jan Mc Donald",
        "Piet van 't Hoff",
        "\u{1e922}\u{1e923} (*)",
    ];
    let mut lines = vec![vacancy("V-1", &["Applied"])];
    for (number, name) in (1..).zip(people) {
        let mut person = candidate(number);
        person["full_name"] = json!(name);
        person["email"] = json!(format!("p{number}.first-last@Example.com"));
        lines.extend([person, application("V-1", number, "Applied")]);
    }
    import(&mut world.conn, &world.admin, &lines).expect("imported");
    let vacancy = vacancy_id(&mut world.conn, &world.admin, "V-1");
    let cases: [(&str, &[&str]); 45] = [
        ("obrien", &["C-1", "C-2"]),
        ("o'brien", &["C-1", "C-2"]),
        ("O`BRIEN", &["C-1", "C-2"]),
        ("O´Brien", &["C-1", "C-2"]),
        ("oʼbrien", &["C-1", "C-2"]),
        ("brien siobhan", &["C-1"]),
        ("nolan  SIOBHÁN", &["C-1"]),
        ("Brien Nolan", &["C-1"]),
        ("anne-marie", &["C-2"]),
        ("anne‑marie", &["C-2"]),
        ("marie anne", &["C-2"]),
        ("lukasz odegard", &["C-3"]),
        ("ØDEGÅRD", &["C-3"]),
        ("weiss", &["C-4"]),
        ("WEISS, Jo\u{308}rg", &["C-4"]),
        ("weiß", &["C-4"]),
        ("αχιλλευσ", &["C-5"]),
        ("ЕЛКИН", &["C-5"]),
        ("jose maria", &["C-6"]),
        ("davila", &["C-6"]),
        ("d’Ávila", &["C-6"]),
        ("J.R.R.", &["C-7"]),
        ("jrr example.com", &["C-7"]),
        ("P4.First-Last@EXAMPLE.com", &["C-4"]),
        ("p4 first", &["C-4"]),
        ("doe_", &["C-8"]),
        ("brien weiss", &[]),
        ("ᲕᲐᲮᲢᲐᲜᲒ", &["C-9"]),
        ("ᎠᎡ", &["C-10"]),
        ("山田太郎", &["C-11"]),
        ("太郎\u{3000}山田", &["C-11"]),
        ("McDonald", &["C-12"]),
        ("mcdon", &["C-12"]),
        ("mac donald", &[]),
        ("donaldjan", &[]),
        ("anmc", &[]),
        ("nm", &[]),
        ("donaldp12", &[]),
        ("vant hoff", &["C-13"]),
        ("VANTHOFF", &["C-13"]),
        ("van’t hoff", &["C-13"]),
        ("\u{1e900}\u{1e901}", &["C-14"]),
        ("*", &["C-14"]),
        ("[a-z]", &[]),
        ("\u{fdfa}", &[]),
    ];
    for (words, expected) in cases {
        let filter = ApplicationFilter { q: Some(words.to_owned()), ..Default::default() };
        let found = found(&mut world.conn, &world.admin, vacancy, &filter).expect("there");
        assert_eq!(found, expected, "{words}");
    }
    let mut renamed = candidate(8);
    renamed["full_name"] = json!("Jane Roe");
    import(&mut world.conn, &world.admin, &[renamed]).expect("imported");
    for (words, expected) in [("roe", &["C-8"][..]), ("doe", &[])] {
        let filter = ApplicationFilter { q: Some(words.to_owned()), ..Default::default() };
        let found = found(&mut world.conn, &world.admin, vacancy, &filter).expect("there");
        assert_eq!(found, expected, "{words}, after a change of the name");
    }
}

/// Characters that are put aside, alone or together: by the rule of the search, whatever they are.
#[test]
fn words_of_which_nothing_is_left_are_refused() {
    let mut world = World::new();
    let vacancy = four_people(&mut world);
    let empty = [
        "'",
        "\u{b7}",
        "\u{2bc}",
        "\u{640}",
        "\u{2b9}",
        "\u{2ee}",
        "\u{2c8}",
        "\u{64b}",
        "\u{5b0}",
        "\u{345}",
        "\u{3164}",
        "\u{ffa0}",
        "' \u{2bc}",
        "\u{3000}",
        "\u{202e}\u{200b}",
        "\u{a8}",
        "\u{b4} -",
    ];
    for words in empty {
        let filter = ApplicationFilter { q: Some(words.to_owned()), ..Default::default() };
        let refused = list(&mut world.conn, &world.admin, vacancy, &filter, None, 50);
        assert_eq!(
            refused.expect("Postgres"),
            Err(ListRefusal::Filter(FilterRefusal::NoWords)),
            "{words:?}"
        );
    }
    let invisible = ('\0'..=char::MAX).filter(|char| is_invisible(*char) && *char < '\u{1fffe}');
    let invisible: Vec<String> = invisible.map(String::from).collect();
    let shown = format!(
        "SELECT FROM unnest(ARRAY['{}']) it WHERE search_text(it) <> ''",
        invisible.join("','")
    );
    assert_eq!(world.sql(&shown), 0);
    for words in ["!", "\u{915}", "\u{1112}", "\u{1f600}", "x"] {
        let filter = ApplicationFilter { q: Some(words.to_owned()), ..Default::default() };
        assert!(found(&mut world.conn, &world.admin, vacancy, &filter).is_some(), "{words:?}");
    }
}

/// The longest that a request may ask for, of letters that become many.
#[test]
fn long_words_are_looked_for() {
    let mut world = World::new();
    let vacancy = four_people(&mut world);
    let letters: String = ('\u{4e00}'..).step_by(7).take(100).flat_map(|it| [it, ' ']).collect();
    let longest = ["\u{fdfa}".repeat(200), "%".repeat(200), "a ".repeat(100), letters];
    for q in longest {
        let filter = ApplicationFilter { q: Some(q), ..Default::default() };
        let found = found(&mut world.conn, &world.admin, vacancy, &filter);
        assert!(found.is_some());
    }
}

/// Every letter that has capital and small forms is one to the search.
#[test]
fn case_is_left_aside_in_every_script() {
    let mut world = World::new();
    let differs = |char: &char| char.to_lowercase().ne([*char]) || char.to_uppercase().ne([*char]);
    let letters: Vec<String> = ('\0'..=char::MAX).filter(differs).map(String::from).collect();
    let forms = |fold: fn(&str) -> String| {
        let forms: Vec<String> = letters.iter().map(|letter| fold(letter)).collect();
        format!("ARRAY['{}']", forms.join("','"))
    };
    // The iota below a Greek vowel goes with the accents, and its capital stands beside the vowel's.
    let (small, capital) = (forms(str::to_lowercase), forms(str::to_uppercase));
    let given = forms(str::to_owned);
    let apart = world.sql(&format!(
        "SELECT FROM unnest({given}, {small}, {capital}) forms (given, small, capital)
          WHERE (search_text(small) <> search_text(capital) OR search_text(given) <> search_text(capital))
            AND normalize(given, NFD) !~ '\\u0345'"
    ));
    assert_eq!((letters.len() > 2_500, apart), (true, 0));
}

/// Who was there before the column is filled in by a migration.
#[test]
fn people_of_an_earlier_version_are_found() {
    let fill = include_str!("../../../../migrations/2026-11-26-000203_fill_search_text/up.sql");
    let mut world = World::new();
    let vacancy = four_people(&mut world);
    let filter = ApplicationFilter { q: Some("oberg asa".to_owned()), ..Default::default() };
    world.sql("UPDATE candidates SET search_text = NULL");
    assert_eq!(found(&mut world.conn, &world.admin, vacancy, &filter), Some(vec![]));
    world.sql(fill);
    let there = found(&mut world.conn, &world.admin, vacancy, &filter);
    assert_eq!(there, Some(vec!["C-1".to_owned()]));
}
