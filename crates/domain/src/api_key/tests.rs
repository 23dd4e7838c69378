//! Tests of `api_key`.

use proptest::prelude::*;
use regex::Regex;

use super::*;

#[test]
fn the_checksum_is_the_usual_one() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    assert_eq!(base62(61_u32.to_be_bytes(), 3), "00z");
    assert_eq!(base62([255; 32], RANDOM_DIGITS).len(), RANDOM_DIGITS);
    assert_eq!(base62(u32::MAX.to_be_bytes(), CHECK_DIGITS), "4gfFC3");
}

#[test]
fn what_is_no_key() {
    let good = ApiKeySecret::from_random([7; 32]).reveal().to_owned();
    for bad in ["", "tak_", &good[..52], &good[4..], &format!("{good}0"), &good.to_lowercase()] {
        assert_eq!(ApiKeySecret::parse(bad).err(), Some(MalformedApiKey), "{bad}");
    }
    assert!(ApiKeySecret::parse(&good.replace("tak_", "tak-")).is_err());
    assert!(ApiKeySecret::is_meant("tak_x") && !ApiKeySecret::is_meant("eyJhbGciOi"));
}

proptest! {
    #[test]
    fn every_key_is_read_and_found_and_no_typo_is(
        bytes: [u8; 32], place in 4_usize..53, digit in 0_usize..62,
    ) {
        let key = ApiKeySecret::from_random(bytes);
        let read = ApiKeySecret::parse(key.reveal()).expect("it is one");
        prop_assert_eq!(read.sha256(), key.sha256());
        let found = Regex::new(PATTERN).expect("a pattern");
        let text = format!("TOKEN={}\n", key.reveal());
        prop_assert_eq!(found.find(&text).map(|found| found.as_str()), Some(key.reveal()));
        let debugged = format!("{key:?}");
        prop_assert!(!debugged.contains(&key.reveal()[4..]));
        let mut typo = key.reveal().as_bytes().to_vec();
        typo[place] = DIGITS[digit];
        let typo = String::from_utf8(typo).expect("ASCII");
        prop_assert_eq!(ApiKeySecret::parse(&typo).is_ok(), typo == key.reveal());
    }
}
