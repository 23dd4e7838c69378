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
async fn keys_that_are_for_something_else_are_passed_over() {
    let key = Key::p256("e");
    let table = [
        (json!(["deriveBits"]), false),
        (json!([]), false),
        (json!(["sign"]), false),
        (json!(["future"]), false),
        (json!(["verify"]), true),
        (json!(["sign", "verify"]), true),
    ];
    for (operations, expected) in table {
        let mut jwk = key.jwk();
        jwk["key_ops"] = operations.clone();
        let (verifier, _file) = verifier(&[jwk, Key::ed25519("other").jwk()]).await;
        let verified = verifier.verify(&key.sign(&claims())).await;
        assert_eq!(verified.map(drop).is_ok(), expected, "{operations}");
    }
}

#[tokio::test]
async fn keys_of_two_kinds_may_share_a_name() {
    let keys = [Key::rsa("same", include_bytes!("../test_rsa_2048.der")), Key::p256("same")];
    let (verifier, _file) = verifier(&keys.each_ref().map(Key::jwk)).await;
    for key in &keys {
        assert!(verifier.verify(&key.sign(&claims())).await.is_ok(), "{:?}", key.algorithm);
    }
    let third = Key::ed25519("same").sign(&claims());
    assert_eq!(verifier.verify(&third).await, Err(Refusal::Algorithm));
}

fn publish(file: &tempfile::NamedTempFile, keys: &[&Key]) {
    let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
    std::fs::write(file.path(), json!({ "keys": keys }).to_string()).expect("written");
}

#[tokio::test]
async fn tokens_make_us_look_at_most_once_a_minute() {
    let (old, new, newer) = (Key::ed25519("old"), Key::ed25519("new"), Key::ed25519("newer"));
    let (verifier, file) = verifier(&[old.jwk()]).await;
    publish(&file, &[&new]);
    assert!(verifier.verify(&new.sign(&claims())).await.is_ok(), "no token asked before");
    assert_eq!(verifier.verify(&old.sign(&claims())).await, Err(Refusal::UnknownKey));
    publish(&file, &[&newer]);
    let token = newer.sign(&claims());
    assert_eq!(verifier.verify(&token).await, Err(Refusal::UnknownKey), "asked just now");
    verifier.keys.forget_last_asked().await;
    assert!(verifier.verify(&token).await.is_ok());
}

#[tokio::test]
async fn looks_in_the_background_keep_no_key_out() {
    let (old, new) = (Key::ed25519("same"), Key::ed25519("same"));
    let (verifier, file) = verifier(&[old.jwk()]).await;
    assert!(verifier.keys.look_again().await);
    publish(&file, &[&new]);
    assert!(verifier.verify(&new.sign(&claims())).await.is_ok());
    assert_eq!(verifier.verify(&old.sign(&claims())).await, Err(Refusal::Signature));
}

#[tokio::test]
async fn a_key_that_was_replaced_under_its_name_is_found_once_a_minute() {
    let (old, new) = (Key::ed25519("same"), Key::ed25519("same"));
    let (verifier, file) = verifier(&[old.jwk()]).await;
    let token = new.sign(&claims());
    assert_eq!(verifier.verify(&token).await, Err(Refusal::Signature), "and this one asked");
    publish(&file, &[&new]);
    assert_eq!(verifier.verify(&token).await, Err(Refusal::Signature), "asked just now");
    verifier.keys.forget_last_asked().await;
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(verifier.verify(&old.sign(&claims())).await, Err(Refusal::Signature));
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_out_at_the_next_look() {
    let (key, other) = (Key::ed25519("e"), Key::ed25519("other"));
    let (verifier, file) = verifier(&[key.jwk()]).await;
    let token = key.sign(&claims());
    publish(&file, &[&other]);
    assert!(verifier.verify(&token).await.is_ok(), "not looked at yet");
    assert!(verifier.keys.look_again().await);
    assert_eq!(verifier.verify(&token).await, Err(Refusal::UnknownKey), "nobody called meanwhile");
}

#[tokio::test]
async fn without_a_key_that_can_be_used_nobody_knows_whose_a_token_is() {
    let key = Key::ed25519("e");
    let mut encrypts = Key::p256("x").jwk();
    encrypts["use"] = json!("enc");
    for keys in [json!([]), json!([encrypts])] {
        let (verifier, file) = verifier(&[key.jwk()]).await;
        let token = key.sign(&claims());
        std::fs::write(file.path(), json!({ "keys": keys }).to_string()).expect("written");
        assert!(!verifier.keys.look_again().await, "a fault: {keys}");
        assert!(!verifier.keys.are_known().await, "{keys}");
        assert_eq!(verifier.verify(&token).await, Err(Refusal::NoKeys), "{keys}");
        assert!(KeySource::open(file.path().to_str().expect("a path")).await.is_err());
        publish(&file, &[&key]);
        assert!(verifier.keys.look_again().await && verifier.verify(&token).await.is_ok());
    }
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
