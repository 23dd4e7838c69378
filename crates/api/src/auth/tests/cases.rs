//! Claims and headers of every kind, each in a token that is signed well: what is let in, and what is not.

use super::*;

/// What each case must come to.
type Expected = Result<(), Refusal>;

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

async fn check(key: &Key, verifier: &Verifier, cases: Vec<(Value, Expected)>) -> usize {
    let count = cases.len();
    for (changes, expected) in cases {
        let came = verifier.verify(&key.sign(&with(changes.clone()))).await.map(drop);
        assert_eq!(came, expected, "{changes}");
    }
    count
}

/// Seconds before and after now: the clocks may differ by 30, and 2 are for the test to run in.
fn times() -> Vec<(Value, Expected)> {
    let now = now();
    vec![
        (json!({"iat": now - 60, "exp": now - 27}), Ok(())),
        (json!({"iat": now - 60, "exp": now - 31}), Err(Refusal::Expired)),
        (json!({"iat": 0, "exp": 1}), Err(Refusal::Expired)),
        (json!({"iat": -2, "exp": -1}), Err(Refusal::Expired)),
        (json!({"exp": 0}), Err(Refusal::Expired)),
        (json!({"exp": null}), Err(Refusal::Claims)),
        (json!({"exp": (now + 600).to_string()}), Err(Refusal::Claims)),
        (json!({"exp": true}), Err(Refusal::Claims)),
        (json!({"exp": [now + 600]}), Err(Refusal::Claims)),
        (json!({"exp": {"at": now + 600}}), Err(Refusal::Claims)),
        (json!({"exp": 600.5 + now as f64}), Ok(())),
        (json!({"exp": 1e300}), Err(Refusal::Lifetime)),
        (json!({"exp": now + 3_601}), Err(Refusal::Lifetime)),
        (json!({"iat": now, "exp": now + 3_600}), Ok(())),
        (json!({"iat": now - 3_590, "exp": now + 20}), Err(Refusal::Lifetime)),
        (json!({"iat": 0}), Err(Refusal::Lifetime)),
        (json!({"iat": now, "exp": now}), Ok(())),
        (json!({"iat": now, "exp": now - 1}), Err(Refusal::Backwards)),
        (json!({"iat": now + 20, "exp": now + 10}), Err(Refusal::Backwards)),
        (json!({"iat": now + 29}), Ok(())),
        (json!({"iat": now + 60, "exp": now + 120}), Err(Refusal::NotYetValid)),
        (json!({"iat": null}), Err(Refusal::Claims)),
        (json!({"iat": "now"}), Err(Refusal::Claims)),
        (json!({"iat": 0.25 + now as f64}), Ok(())),
        (json!({"nbf": now - 86_400}), Ok(())),
        (json!({"nbf": now + 29}), Ok(())),
        (json!({"nbf": now + 60}), Err(Refusal::NotYetValid)),
        (json!({"nbf": "later"}), Err(Refusal::Claims)),
        (json!({"nbf": [now]}), Err(Refusal::Claims)),
    ]
}

fn parties() -> Vec<(Value, Expected)> {
    vec![
        (json!({"iss": "https://evil.example.com"}), Err(Refusal::Issuer)),
        (json!({"iss": "https://id.example.com/"}), Err(Refusal::Issuer)),
        (json!({"iss": "https://ID.example.com"}), Err(Refusal::Issuer)),
        (json!({"iss": " https://id.example.com"}), Err(Refusal::Issuer)),
        (json!({"iss": "https://id.example.com.evil.example"}), Err(Refusal::Issuer)),
        (json!({"iss": ""}), Err(Refusal::Issuer)),
        (json!({"iss": ["https://id.example.com"]}), Err(Refusal::Claims)),
        (json!({"iss": 7}), Err(Refusal::Claims)),
        (json!({"iss": null}), Err(Refusal::Claims)),
        (json!({"aud": "another"}), Err(Refusal::Audience)),
        (json!({"aud": "talentats2"}), Err(Refusal::Audience)),
        (json!({"aud": "talent"}), Err(Refusal::Audience)),
        (json!({"aud": "Talentats"}), Err(Refusal::Audience)),
        (json!({"aud": "another talentats"}), Err(Refusal::Audience)),
        (json!({"aud": ""}), Err(Refusal::Audience)),
        (json!({"aud": []}), Err(Refusal::Audience)),
        (json!({"aud": ["another", "third"]}), Err(Refusal::Audience)),
        (json!({"aud": ["another", "talentats"]}), Ok(())),
        (json!({"aud": ["talentats", 7]}), Err(Refusal::Claims)),
        (json!({"aud": [["talentats"]]}), Err(Refusal::Claims)),
        (json!({"aud": {"talentats": true}}), Err(Refusal::Claims)),
        (json!({"aud": 7}), Err(Refusal::Claims)),
        (json!({"aud": null}), Err(Refusal::Claims)),
        (json!({"sub": null}), Err(Refusal::Claims)),
        (json!({"sub": ""}), Err(Refusal::Claims)),
        (json!({"sub": 42}), Err(Refusal::Claims)),
        (json!({"sub": ["auth0|rosa"]}), Err(Refusal::Claims)),
        (json!({"sub": "auth0|rosa\0"}), Err(Refusal::Claims)),
        (json!({"sub": "auth0|rosa\n"}), Err(Refusal::Claims)),
        (json!({"sub": "é".repeat(200)}), Ok(())),
        (json!({"sub": "é".repeat(201)}), Err(Refusal::Claims)),
    ]
}

fn roles() -> Vec<(Value, Expected)> {
    vec![
        (json!({"role": "org_admin"}), Ok(())),
        (json!({"role": "support", "org": null}), Ok(())),
        (json!({"role": "support"}), Err(Refusal::Organisation)),
        (json!({"role": null}), Err(Refusal::Claims)),
        (json!({"role": "owner"}), Err(Refusal::Claims)),
        (json!({"role": "admin"}), Err(Refusal::Claims)),
        (json!({"role": "system"}), Err(Refusal::Claims)),
        (json!({"role": "api_key"}), Err(Refusal::Claims)),
        (json!({"role": "Org_Admin"}), Err(Refusal::Claims)),
        (json!({"role": "OrgAdmin"}), Err(Refusal::Claims)),
        (json!({"role": "org_admin "}), Err(Refusal::Claims)),
        (json!({"role": ""}), Err(Refusal::Claims)),
        (json!({"role": 0}), Err(Refusal::Claims)),
        (json!({"role": true}), Err(Refusal::Claims)),
        (json!({"role": ["org_admin"]}), Err(Refusal::Claims)),
        (json!({"role": ["recruiter", "org_admin"]}), Err(Refusal::Claims)),
        (json!({"role": {"org_admin": []}}), Err(Refusal::Claims)),
        (json!({"org": null}), Err(Refusal::Organisation)),
        (json!({"org": null, "role": "org_admin"}), Err(Refusal::Organisation)),
        (json!({"org": "northwind"}), Err(Refusal::Claims)),
        (json!({"org": ""}), Err(Refusal::Claims)),
        (json!({"org": 1}), Err(Refusal::Claims)),
        (json!({"org": [ORGANISATION]}), Err(Refusal::Claims)),
        (json!({"org": ORGANISATION.to_uppercase()}), Ok(())),
        (json!({"org": format!("{ORGANISATION} ")}), Err(Refusal::Claims)),
        (json!({"name": 7}), Err(Refusal::Claims)),
        (json!({"email": ["rosa@example.com"]}), Err(Refusal::Claims)),
        (json!({"name": null, "email": null}), Ok(())),
        (json!({"email": "no address"}), Ok(())),
        (json!({"jti": "1", "scope": "all", "roles": ["org_admin"], "azp": 7}), Ok(())),
    ]
}

#[tokio::test]
async fn claims_of_every_kind() {
    let key = Key::ed25519("e");
    let (verifier, _file) = verifier(&[key.jwk()]).await;
    let mut seen = 0;
    for cases in [times(), parties(), roles()] {
        seen += check(&key, &verifier, cases).await;
    }
    assert!(seen >= 60, "{seen}");
}

/// What no library would sign: claims and header as they are written.
#[tokio::test]
async fn texts_that_are_no_claims_and_no_headers() {
    let key = Key::ed25519("e");
    let (verifier, _file) = verifier(&[key.jwk()]).await;
    let header = r#"{"alg":"EdDSA","kid":"e"}"#;
    let claims = claims().to_string();
    let inner = &claims[1..claims.len() - 1];
    let listed = json!([
        "https://id.example.com",
        "talentats",
        "auth0|rosa",
        now(),
        now() + 600,
        null,
        null,
        null,
        ORGANISATION,
        "recruiter"
    ]);
    let (claims_refused, malformed) = (Err(Refusal::Claims), Err(Refusal::Malformed));
    let table = [
        (header, claims.clone(), Ok(())),
        (header, format!(" \n{claims}\t"), Ok(())),
        (header, format!("{{{inner},\"role\":\"org_admin\"}}"), claims_refused),
        (header, format!("{{{inner},\"org\":null}}"), claims_refused),
        (header, format!("{{\"exp\":1e400,{inner}}}"), claims_refused),
        (header, listed.to_string(), claims_refused),
        (header, format!("[{claims}]"), claims_refused),
        (header, format!("{claims}{claims}"), claims_refused),
        (header, format!("\u{feff}{claims}"), claims_refused),
        (header, claims[..claims.len() - 1].to_owned(), claims_refused),
        (header, String::new(), claims_refused),
        (header, "null".to_owned(), claims_refused),
        (r#"{"alg":"EdDSA","kid":"e","typ":"at+jwt","cty":7}"#, claims.clone(), Ok(())),
        (r#"{"alg":"EdDSA"}"#, claims.clone(), Ok(())),
        (r#"{"alg":"none","alg":"EdDSA","kid":"e"}"#, claims.clone(), malformed),
        (r#"{"alg":"EdDSA","kid":7}"#, claims.clone(), malformed),
        (r#"["EdDSA","e",null,null,null]"#, claims.clone(), malformed),
        (r#"{"alg":"EdDSA","kid":"e","crit":[]}"#, claims.clone(), malformed),
        (r#"{"alg":"EdDSA","kid":"e","crit":["exp"],"exp":1}"#, claims.clone(), malformed),
        (r#"{"alg":"EdDSA","kid":"e","zip":"DEF"}"#, claims.clone(), malformed),
        (r#"{"alg":"EdDSA","kid":"e","enc":"A128GCM"}"#, claims.clone(), malformed),
        (r#"{"alg":"EdDSA","kid":"E"}"#, claims.clone(), Err(Refusal::UnknownKey)),
        (r#"{"alg":"ES256","kid":"e"}"#, claims.clone(), Err(Refusal::Algorithm)),
        (r#"{"alg":"PS256","kid":"e"}"#, claims.clone(), Err(Refusal::Algorithm)),
        (r#"{"alg":"","kid":"e"}"#, claims.clone(), Err(Refusal::Algorithm)),
    ];
    for (header, claims, expected) in table {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let message = format!("{}.{}", part(header), part(&claims));
        let came = verifier.verify(&signed(&key, &message)).await.map(drop);
        assert_eq!(came, expected, "{header} {claims}");
    }
}

/// A token of any message.
fn signed(key: &Key, message: &str) -> String {
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key.key, key.algorithm);
    format!("{message}.{}", signature.expect("signed"))
}

/// One spelling each: whatever else decodes to the same bytes is refused.
#[tokio::test]
async fn other_spellings_of_base64() {
    let key = Key::ed25519("e");
    let (verifier, _file) = verifier(&[key.jwk()]).await;
    let good = key.sign(&claims());
    assert!(verifier.verify(&good).await.is_ok());
    let parts: Vec<_> = good.split('.').collect();
    // The last character of 64 bytes holds four bits that count and two that do not.
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = good.split_at(good.len() - 1);
    let place = digits.iter().position(|digit| last.as_bytes() == [*digit]).expect("base64url");
    let other = char::from(digits[place ^ 1]);
    let respelt = [
        format!("{rest}{other}"),
        format!("{good}="),
        format!("{good}=="),
        format!("{good}\n"),
        format!(" {good}"),
        format!("{}.{}.{}", parts[0], parts[1], parts[2].replace('-', "+").replace('_', "/") + "+"),
        good.replace('.', ".."),
        format!("{good}."),
        format!(".{good}"),
    ];
    for token in respelt {
        assert!(verifier.verify(&token).await.is_err(), "{token}");
    }
    for message in [format!("{}=.{}", parts[0], parts[1]), format!("{}.{}=", parts[0], parts[1])] {
        let came = verifier.verify(&signed(&key, &message)).await;
        assert_eq!(came, Err(Refusal::Malformed), "{message}");
    }
}
