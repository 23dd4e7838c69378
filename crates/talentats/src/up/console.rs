//! The links into the console that `talentats up` prints: one a role, each with that role's token in
//! the fragment, which browsers send to nobody.

use super::account::Accounts;
use super::link::Vacancy;

/// A line for each role, at the screen that it begins with.
pub(crate) fn text(api: &str, accounts: &Accounts, vacancy: Option<&Vacancy>) -> String {
    let vacancies = vacancy.map_or("/vacancies".to_owned(), |it| format!("/vacancies/{}", it.id));
    let links = [
        ("recruiter", vacancies.as_str(), &accounts.recruiter),
        ("org_admin", "/webhooks", &accounts.admin),
        ("support", "/desk", &accounts.support),
    ];
    let line =
        |(role, screen, token)| format!("  {role:<9}  {api}/console#{screen}?token={token}\n");
    let lines: String = links.map(line).concat();
    format!("\nThe console in a browser, as each role; whoever has a link has its token:\n{lines}")
}
