//! Keys that change at the identity provider, and one that cannot be asked.

use super::*;

#[tokio::test]
async fn keys_that_may_not_sign_are_passed_over() {
    let key = Key::ed25519("e");
    let short = Key::rsa("s", include_bytes!("../test_rsa_1024.der"));
    let mut encrypts = Key::p256("x").jwk();
    encrypts["use"] = json!("enc");
    let unknown = json!({"kty": "future", "kid": "u"});
    let (verifier, _file) = verifier(&[unknown, encrypts, short.jwk(), key.jwk()]).await;
    assert!(verifier.verify(&key.sign(&claims())).await.is_ok());
    assert_eq!(verifier.verify(&short.sign(&claims())).await, Err(Refusal::UnknownKey));
    assert!(KeySource::open("/nowhere/keys.json").await.is_err());
    assert!(KeySource::open("http://id.example.com/keys").await.is_err());
}

#[tokio::test]
async fn a_new_key_is_found_at_most_once_a_minute() {
    let (old, new) = (Key::ed25519("old"), Key::ed25519("new"));
    let (verifier, file) = verifier(&[old.jwk()]).await;
    std::fs::write(file.path(), json!({ "keys": [new.jwk()] }).to_string()).expect("written");
    let token = new.sign(&claims());
    assert_eq!(verifier.verify(&token).await, Err(Refusal::UnknownKey), "read just now");
    verifier.keys.forget_last_try().await;
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(verifier.verify(&old.sign(&claims())).await, Err(Refusal::UnknownKey));
}

#[tokio::test]
async fn a_key_that_was_replaced_under_its_name_is_found_once_a_minute() {
    let (old, new) = (Key::ed25519("same"), Key::ed25519("same"));
    let (verifier, file) = verifier(&[old.jwk()]).await;
    std::fs::write(file.path(), json!({ "keys": [new.jwk()] }).to_string()).expect("written");
    let token = new.sign(&claims());
    assert_eq!(verifier.verify(&token).await, Err(Refusal::Signature), "read just now");
    verifier.keys.forget_last_try().await;
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(verifier.verify(&old.sign(&claims())).await, Err(Refusal::Signature));
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_out_at_the_next_look() {
    let key = Key::ed25519("e");
    let (verifier, file) = verifier(&[key.jwk()]).await;
    let token = key.sign(&claims());
    std::fs::write(file.path(), json!({ "keys": [] }).to_string()).expect("written");
    assert!(verifier.verify(&token).await.is_ok(), "not looked at yet");
    assert!(verifier.keys.look_again().await);
    assert_eq!(verifier.verify(&token).await, Err(Refusal::UnknownKey), "nobody called meanwhile");
}

#[tokio::test]
async fn keys_that_cannot_be_read_again_are_believed_for_a_while() {
    let key = Key::ed25519("e");
    let (verifier, file) = verifier(&[key.jwk()]).await;
    let token = key.sign(&claims());
    let good = std::fs::read(file.path()).expect("read");
    std::fs::write(file.path(), "not found").expect("written");
    assert!(!verifier.keys.look_again().await);
    assert!(verifier.keys.are_known().await && verifier.verify(&token).await.is_ok());
    verifier.keys.outlive().await;
    assert_eq!(verifier.verify(&token).await, Err(Refusal::NoKeys));
    assert!(!verifier.keys.are_known().await);
    std::fs::write(file.path(), good).expect("written");
    assert!(verifier.keys.look_again().await);
    assert!(verifier.keys.are_known().await && verifier.verify(&token).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_is_away_at_the_start_may_come_later() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let (mut verifier, _file) = verifier(&[Key::ed25519("e").jwk()]).await;
    verifier.keys = KeySource::open("https://127.0.0.1:1/keys").await.expect("started");
    assert!(!verifier.keys.are_known().await);
    let token = Key::ed25519("e").sign(&claims());
    assert_eq!(verifier.verify(&token).await, Err(Refusal::NoKeys));
}
