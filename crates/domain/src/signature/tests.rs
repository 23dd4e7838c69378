//! Tests of `signature`.

use super::*;

#[test]
fn the_reference_implementation_signs_alike() {
    let secret = SigningSecret::from_random([7; SECRET_BYTES]);
    let id: ExportId = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11".parse().expect("an id");
    let body = r#"{"name":"Zoë"}"#.as_bytes();
    let reference = standardwebhooks::Webhook::new(&secret.reveal()).expect("a secret");
    let expected = reference.sign(&id.to_string(), 1_795_000_000, body).expect("signed");
    assert_eq!(signature_header([&secret], id, 1_795_000_000, body), expected);
}

#[test]
fn a_rotation_signs_with_both_secrets() {
    let secrets = [1, 2].map(|byte| SigningSecret::from_random([byte; SECRET_BYTES]));
    let id: ExportId = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11".parse().expect("an id");
    let header = signature_header(&secrets, id, 1, b"{}");
    let (new, old) = header.split_once(' ').expect("two signatures");
    assert_eq!(new, secrets[0].sign(id, 1, b"{}"));
    assert_eq!(old, secrets[1].sign(id, 1, b"{}"));
}

#[test]
fn secrets_round_trip_and_never_print() {
    let secret = SigningSecret::from_random([9; SECRET_BYTES]);
    let read = SigningSecret::parse(&secret.reveal()).expect("its own form");
    assert_eq!(read.reveal(), secret.reveal());
    assert_eq!(format!("{secret:?}"), "SigningSecret");
    for wrong in ["", "whsec_", "whsec_AAAA", "AAAA", "whsec_*"] {
        assert!(SigningSecret::parse(wrong).is_err(), "{wrong}");
    }
}
