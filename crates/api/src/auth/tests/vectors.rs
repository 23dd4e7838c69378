//! Signatures that others thought of: the vectors of Wycheproof for each of our three algorithms, as the
//! signature of a JWS, and the examples of the RFCs. No wrong one is taken, and no right one refused.

use wycheproof::TestResult;
use wycheproof::{ecdsa, eddsa, rsa_pkcs1_verify};

use super::super::keys::VerifyingKey;
use super::super::token::Token;
use super::*;

/// How many were to be taken, to be refused, and might be either.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    valid: usize,
    invalid: usize,
    acceptable: usize,
}

impl Seen {
    fn check(&mut self, key: &VerifyingKey, vector: (usize, &[u8], &[u8]), result: TestResult) {
        let (number, message, signature) = vector;
        let taken = key.signed(message, &URL_SAFE_NO_PAD.encode(signature));
        match result {
            TestResult::Valid => {
                self.valid += 1;
                assert!(taken, "{number} is right");
            }
            TestResult::Invalid => {
                self.invalid += 1;
                assert!(!taken, "{number} is wrong");
            }
            TestResult::Acceptable => self.acceptable += 1,
        }
    }
}

fn part(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn ed25519(public: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::of_jwk(&json!({ "kty": "OKP", "crv": "Ed25519", "x": part(public) }))
}

/// `point` is not compressed: 4, and both coordinates.
fn p256(point: &[u8]) -> Option<VerifyingKey> {
    let (x, y) = point[1..].split_at(32);
    VerifyingKey::of_jwk(&json!({ "kty": "EC", "crv": "P-256", "x": part(x), "y": part(y) }))
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<VerifyingKey> {
    let start = modulus.iter().position(|byte| *byte != 0).expect("a number");
    let (n, e) = (part(&modulus[start..]), part(exponent));
    VerifyingKey::of_jwk(&json!({ "kty": "RSA", "n": n, "e": e }))
}

#[test]
fn wycheproof_for_eddsa() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("vectors");
    let mut seen = Seen::default();
    for group in &set.test_groups {
        let key = ed25519(&group.key.pk).expect("a key");
        for test in &group.tests {
            seen.check(&key, (test.tc_id, &test.msg, &test.sig), test.result);
        }
    }
    assert!(seen.valid > 50 && seen.invalid > 50, "{seen:?}");
}

#[test]
fn wycheproof_for_es256() {
    let name = ecdsa::TestName::EcdsaSecp256r1Sha256P1363;
    let set = ecdsa::TestSet::load(name).expect("vectors");
    let mut seen = Seen::default();
    for group in &set.test_groups {
        let key = p256(&group.key.key).expect("a key");
        for test in &group.tests {
            seen.check(&key, (test.tc_id, &test.msg, &test.sig), test.result);
        }
    }
    assert!(seen.valid > 100 && seen.invalid > 50, "{seen:?}");
}

/// The same signatures in ASN.1, as certificates have them: never in a token (RFC 7518, section 3.4).
#[test]
fn wycheproof_in_asn1_is_no_es256() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).expect("vectors");
    for group in &set.test_groups {
        let key = p256(&group.key.key).expect("a key");
        for test in &group.tests {
            assert!(!key.signed(&test.msg, &part(&test.sig)), "{}", test.tc_id);
        }
    }
}

#[test]
fn wycheproof_for_rs256() {
    let names = [
        rsa_pkcs1_verify::TestName::Rsa2048Sha256,
        rsa_pkcs1_verify::TestName::Rsa3072Sha256,
        rsa_pkcs1_verify::TestName::Rsa4096Sha256,
    ];
    let mut seen = Seen::default();
    for name in names {
        let set = rsa_pkcs1_verify::TestSet::load(name).expect("vectors");
        for group in &set.test_groups {
            let key = rsa(&group.key.n, &group.key.e).expect("a key");
            for test in &group.tests {
                seen.check(&key, (test.tc_id, &test.msg, &test.sig), test.result);
            }
        }
    }
    assert!(seen.valid > 20 && seen.invalid > 500, "{seen:?}");
}

/// RFC 7515, appendix A.3, and RFC 8037, appendix A.4.
#[test]
fn examples_of_the_rfcs() {
    let es256 = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let eddsa = json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    });
    let table = [
        (
            es256,
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
             cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djx\
             La8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
        (
            eddsa,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-0\
             9PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        ),
    ];
    for (jwk, token) in table {
        let key = VerifyingKey::of_jwk(&jwk).expect("a key");
        let parsed = Token::parse(token).expect("a JWS");
        assert!(parsed.signed_by(&key).is_ok(), "{token}");
        // Each bit of the signature counts.
        let start = token.rfind('.').expect("a signature") + 1;
        let signature = URL_SAFE_NO_PAD.decode(&token[start..]).expect("base64url");
        for bit in 0..signature.len() * 8 {
            let mut wrong = signature.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            let wrong = format!("{}{}", &token[..start], part(&wrong));
            let parsed = Token::parse(&wrong).expect("a JWS");
            assert_eq!(parsed.signed_by(&key), Err(Refusal::Signature), "bit {bit}");
        }
    }
}
