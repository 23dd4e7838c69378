//! Good tokens of each algorithm, and a table of bad ones.

mod cases;
mod keys;
mod vectors;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

use super::*;

const ORGANISATION: &str = "019aafc0-0000-7000-8000-000000000001";

struct Key {
    kid: &'static str,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl Key {
    fn ed25519(kid: &'static str) -> Self {
        // RFC 8410, section 7: the one prefix that a 32-byte seed has in PKCS #8.
        let prefix = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
        let pkcs8 = [&prefix[..], &rand::random::<[u8; 32]>()].concat();
        Self { kid, algorithm: Algorithm::EdDSA, key: EncodingKey::from_ed_der(&pkcs8) }
    }

    fn p256(kid: &'static str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let key = EncodingKey::from_ec_der(pkcs8.expect("a key").as_ref());
        Self { kid, algorithm: Algorithm::ES256, key }
    }

    fn rsa(kid: &'static str, der: &[u8]) -> Self {
        Self { kid, algorithm: Algorithm::RS256, key: EncodingKey::from_rsa_der(der) }
    }

    fn jwk(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key, self.algorithm).expect("a public key");
        jwk.common.key_id = Some(self.kid.to_owned());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        json!(jwk)
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_with(|_| {}, claims)
    }

    /// With a header of any kind, whatever the library thinks of it.
    fn sign_as(&self, header: Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, self.algorithm);
        format!("{message}.{}", signature.expect("signed"))
    }

    fn sign_with(&self, change: impl FnOnce(&mut Header), claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.kid.to_owned());
        change(&mut header);
        jsonwebtoken::encode(&header, claims, &self.key).expect("signed")
    }
}

async fn verifier(keys: &[Value]) -> (Verifier, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), json!({ "keys": keys }).to_string()).expect("written");
    let path = file.path().to_str().expect("a path in UTF-8");
    let verifier = Verifier {
        issuer: "https://id.example.com".to_owned(),
        audience: "talentats".to_owned(),
        max_lifetime: Duration::from_hours(1),
        keys: KeySource::open(path).await.expect("readable keys"),
    };
    (verifier, file)
}

fn claims() -> Value {
    let now = chrono::Utc::now().timestamp();
    json!({
        "iss": "https://id.example.com", "aud": "talentats", "sub": "auth0|rosa",
        "iat": now, "exp": now + 600, "name": "Rosa", "email": "rosa@example.com",
        "org": ORGANISATION, "role": "recruiter"
    })
}

fn with(changes: Value) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().expect("an object");
    for (name, value) in changes.as_object().expect("an object") {
        match value {
            Value::Null => drop(members.remove(name)),
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
    claims
}

fn unsigned(header: Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&header), part(claims))
}

#[tokio::test]
async fn each_algorithm_lets_its_member_in() {
    let rsa = Key::rsa("r", include_bytes!("test_rsa_2048.der"));
    let keys = [Key::ed25519("e"), Key::p256("p"), rsa];
    let (verifier, _file) = verifier(&keys.each_ref().map(Key::jwk)).await;
    for key in &keys {
        let member = verifier.verify(&key.sign(&claims())).await.expect("let in");
        assert_eq!(member.subject, "auth0|rosa");
        assert_eq!(member.role, Role::Recruiter);
        assert_eq!(member.organisation.map(|id| id.to_string()).as_deref(), Some(ORGANISATION));
    }
    let key = &keys[0];
    for good in [
        json!({"aud": ["another", "talentats"]}),
        json!({"name": null, "email": null}),
        json!({"role": "support", "org": null}),
        json!({"nbf": chrono::Utc::now().timestamp() - 5}),
        json!({"iat": chrono::Utc::now().timestamp() - 60, "exp": chrono::Utc::now().timestamp() - 10}),
    ] {
        verifier
            .verify(&key.sign(&with(good.clone())))
            .await
            .unwrap_or_else(|why| panic!("{good}: {why}"));
    }
}

#[tokio::test]
async fn names_are_cleaned_of_what_terminals_obey_and_postgres_refuses() {
    let key = Key::ed25519("e");
    let (verifier, _file) = verifier(&[key.jwk()]).await;
    let token = key.sign(&with(json!({"name": "Ro\0sa\u{1b}[2J", "email": "r\n@example.com"})));
    let member = verifier.verify(&token).await.expect("let in");
    assert_eq!(member.name.as_deref(), Some("Rosa[2J"));
    assert_eq!(member.email.as_deref(), Some("r @example.com"));
}

#[tokio::test]
async fn names_and_addresses_have_the_one_form_of_names_and_addresses() {
    let key = Key::ed25519("e");
    let (verifier, _file) = verifier(&[key.jwk()]).await;
    let long = format!("{}\u{a0} B", "a".repeat(199));
    let names = [
        ("\u{202e}Evil\u{202c}\u{200b}", Some("Evil")),
        (" Zoe\u{308}\t\r\n M. ", Some("Zo\u{eb} M.")),
        ("\u{200b}", None),
        (" \u{3164}\u{2060}\0", None),
        ("", None),
        (&long, Some(&long[..199])),
    ];
    let addresses = [
        ("Zoe\u{308}@Bu\u{308}cher.Example", Some("Zo\u{eb}@xn--bcher-kva.example")),
        ("\u{202a}rosa\u{200b}@example.com\u{202c} ", Some("rosa@example.com")),
        ("of the front desk", Some("of the front desk")),
        ("\"a b\"@example.com", Some("\"a b\"@example.com")),
        ("a b@example.com", Some("a b@example.com")),
        ("\u{200b}", None),
    ];
    for (name, cleaned) in names {
        let token = key.sign(&with(json!({"name": name})));
        let member = verifier.verify(&token).await.expect("let in");
        assert_eq!(member.name.as_deref(), cleaned, "{name:?}");
    }
    for (email, cleaned) in addresses {
        let token = key.sign(&with(json!({"email": email})));
        let member = verifier.verify(&token).await.expect("let in");
        assert_eq!(member.email.as_deref(), cleaned, "{email:?}");
    }
}

#[tokio::test]
async fn signatures_that_are_not_accepted() {
    let key = Key::ed25519("e");
    let (verifier, _file) = verifier(&[key.jwk()]).await;
    let stranger = Key::ed25519("e");
    let public = URL_SAFE_NO_PAD.decode(key.jwk()["x"].as_str().expect("x")).expect("base64");
    let shared =
        Key { kid: "e", algorithm: Algorithm::HS256, key: EncodingKey::from_secret(&public) };
    let good = key.sign(&claims());
    let parts: Vec<_> = good.split('.').collect();
    let promoted = URL_SAFE_NO_PAD.encode(with(json!({"role": "org_admin"})).to_string());
    let swapped = format!("{}.{promoted}.{}", parts[0], parts[2]);
    let cut = format!("{}.{}.", parts[0], parts[1]);
    let crit = key.sign_with(|header| header.crit = Some(vec!["b64".to_owned()]), &claims());
    let table = [
        ("alg none", unsigned(json!({"alg": "none"}), &claims()), Refusal::Algorithm),
        ("alg None", unsigned(json!({"alg": "None", "kid": "e"}), &claims()), Refusal::Algorithm),
        ("HS256 with the public key", shared.sign(&claims()), Refusal::Algorithm),
        ("another alg than the key's", Key::p256("e").sign(&claims()), Refusal::Algorithm),
        ("a stranger's key", stranger.sign(&claims()), Refusal::Signature),
        ("an unknown kid", Key::ed25519("z").sign(&claims()), Refusal::UnknownKey),
        ("swapped claims", swapped, Refusal::Signature),
        ("no signature", cut, Refusal::Signature),
        ("crit", crit, Refusal::Malformed),
        ("no alg", unsigned(json!({"kid": "e"}), &claims()), Refusal::Algorithm),
        (
            "alg of another case",
            key.sign_as(json!({"alg": "ed25519", "kid": "e"}), &claims()),
            Refusal::Algorithm,
        ),
        (
            "another curve",
            key.sign_as(json!({"alg": "Ed448", "kid": "e"}), &claims()),
            Refusal::Algorithm,
        ),
        ("four parts", format!("{good}.x"), Refusal::Malformed),
        (
            "alg is a list",
            key.sign_as(json!({"alg": ["EdDSA"], "kid": "e"}), &claims()),
            Refusal::Malformed,
        ),
        ("not a JWT", "abc".to_owned(), Refusal::Malformed),
        ("nothing", String::new(), Refusal::Malformed),
    ];
    for (name, token, refusal) in table {
        assert_eq!(verifier.verify(&token).await, Err(refusal), "{name}");
    }
    let own_key = stranger
        .sign_with(|header| header.jwk = serde_json::from_value(stranger.jwk()).ok(), &claims());
    assert_eq!(verifier.verify(&own_key).await, Err(Refusal::Signature), "jwk is ignored");
}

#[tokio::test]
async fn ed25519_is_the_other_name_of_eddsa() {
    let key = Key::ed25519("e");
    let mut renamed = key.jwk();
    renamed["alg"] = json!("Ed25519");
    let mut unnamed = key.jwk();
    unnamed.as_object_mut().expect("an object").remove("alg");
    for jwk in [key.jwk(), renamed, unnamed] {
        let (verifier, _file) = verifier(&[jwk]).await;
        for name in ["EdDSA", "Ed25519"] {
            let token = key.sign_as(json!({"alg": name, "kid": "e"}), &claims());
            assert!(verifier.verify(&token).await.is_ok(), "{name}");
        }
    }
    // The name opens nothing to keys of another kind.
    for other in [Key::p256("o"), Key::rsa("o", include_bytes!("test_rsa_2048.der"))] {
        let (verifier, _file) = verifier(&[other.jwk()]).await;
        let token = other.sign_as(json!({"alg": "Ed25519", "kid": "o"}), &claims());
        assert_eq!(verifier.verify(&token).await, Err(Refusal::Algorithm));
    }
    let mut lying = Key::p256("l").jwk();
    lying["alg"] = json!("Ed25519");
    let (verifier, _file) = verifier(&[lying, key.jwk()]).await;
    let token = Key::p256("l").sign_as(json!({"alg": "Ed25519", "kid": "l"}), &claims());
    assert_eq!(verifier.verify(&token).await, Err(Refusal::UnknownKey), "a key of two minds");
}
