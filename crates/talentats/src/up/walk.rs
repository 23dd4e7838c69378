//! What `talentats up` tells: addresses, tokens, and the lines that walk the product's guide.

use super::account::Accounts;
use super::folder::{ENV_FILE, Folder};
use super::link::{Link, Vacancy};

/// The walk, to be pasted into a shell; `VACANCY` is filled in.
const LINES: &str = include_str!("walk.sh");

/// `up.env`: what a shell can source.
pub(crate) fn environment(
    link: &Link,
    accounts: &Accounts,
    folder: &Folder,
    database_url: &str,
) -> String {
    let secrets = folder.secrets();
    let variables = [
        ("TALENTATS_URL", link.api_url.as_str()),
        ("TALENTATS_ADMIN_TOKEN", &accounts.admin),
        ("TALENTATS_RECRUITER_TOKEN", &accounts.recruiter),
        ("TALENTATS_SUPPORT_TOKEN", &accounts.support),
        ("TALENTATS_ORGANISATION_ID", &accounts.organisation.id.to_string()),
        ("TALENTATS_OTHER_ADMIN_TOKEN", &accounts.other_admin),
        ("TALENTATS_OTHER_ORGANISATION_ID", &accounts.other_organisation.id.to_string()),
        ("DATABASE_URL", database_url),
        ("RECEIVER_URL", &link.receiver_url),
        ("RECEIVER_SECRETS", &secrets.to_string_lossy()),
    ];
    variables.iter().map(|(name, value)| format!("{name}={}\n", quoted(value))).collect()
}

/// What is printed once everything runs.
pub(crate) fn text(
    link: &Link,
    accounts: &Accounts,
    folder: &Folder,
    console: &str,
    vacancy: Option<&Vacancy>,
) -> String {
    let [api_metrics, worker_metrics] = &link.metrics_urls;
    let mut text = format!(
        "
talentATS Webhooks is up; Ctrl-C stops it.

  API        {api}       documentation: {api}/docs
  receiver   {receiver}       what came: curl {receiver}/
             it verifies with the secrets in {secrets}, one a line
  metrics    {api_metrics}   {worker_metrics}
{console}
Tokens for {name} ({id}), good for 30 days; /docs asks for one under \"Authorize\":

  org_admin  {admin}

  recruiter  {recruiter}

  support    {support}
",
        api = link.api_url,
        receiver = link.receiver_url,
        secrets = quoted(&folder.secrets().to_string_lossy()),
        name = accounts.organisation.name,
        id = accounts.organisation.id,
        admin = accounts.admin,
        recruiter = accounts.recruiter,
        support = accounts.support,
    );
    let env = quoted(&folder.file(ENV_FILE).to_string_lossy());
    match vacancy {
        Some(vacancy) => text.push_str(&walk(&env, vacancy)),
        None => text.push_str(&format!("\nAll of this is in {env}, for a shell to source.\n")),
    }
    text
}

fn walk(env: &str, vacancy: &Vacancy) -> String {
    let lines = LINES.replace("{VACANCY}", &vacancy.id).replace("{TITLE}", &vacancy.title);
    format!("\nThe guide's walk; paste it into another shell:\n\n. {env}\n\n{lines}")
}

/// As one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_reads_one_word() {
        let cases = [("a b", "'a b'"), ("it's", r"'it'\''s'"), ("$HOME&x", "'$HOME&x'")];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected);
        }
    }
}
