//! The console in a real browser: one story per file, by the words that people read and the names that
//! a screen reader says. Its own harness: where there is no browser it says so loudly, and no story
//! counts as passed.

#![expect(clippy::print_stderr, reason = "it is its own harness")]

mod audit;
mod crowd;
mod desk;
mod everywhere;
mod export_cancelled;
mod export_failed;
mod export_hostile;
mod export_payload;
mod export_receipt;
mod export_resent;
mod export_support;
mod interrupted;
mod judged;
mod keys;
mod notified;
mod page;
mod people;
mod selection;
mod stage;
mod states;
mod stream_broken;
mod token_runs_out;
mod tokens;
mod vacancy;
mod webhook_added;
mod webhook_deleted;
mod webhook_heals;
mod webhook_keyboard;
mod webhook_names;
mod webhook_needed;
mod webhook_replaced;
mod webhook_roles;
mod webhook_rotated;

use std::future::Future;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use support::browser;
use support::world::Builder;

/// The binary under test.
const BINARY: &str = env!("CARGO_BIN_EXE_talentats");
/// Browsers at once: each takes a core while a page loads.
const AT_ONCE: usize = 2;

/// All stories, each by the function that tells it.
macro_rules! stories {
    ($($file:ident::$story:ident,)+) => {
        vec![$(trial(concat!(stringify!($file), "::", stringify!($story)), $file::$story),)+]
    };
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let stories = stories![
        audit::each_reads_their_own,
        audit::who_did_what_is_told,
        crowd::ten_thousand_are_worked_with_as_a_few,
        desk::one_paste_answers_each_question,
        desk::what_cannot_be_found_is_told_so,
        desk::what_fails_is_told_by_host_and_downloaded,
        desk::what_others_wrote_does_no_harm,
        desk::what_support_may_not_see_is_not_there,
        everywhere::each_screen_is_for_everybody,
        export_cancelled::an_export_is_taken_back,
        export_failed::a_recruiter_finds_what_failed_and_sends_it_again,
        export_failed::the_list_goes_on_by_itself,
        export_hostile::an_answer_does_no_harm,
        export_payload::an_admin_reads_a_payload_and_has_it_forgotten,
        export_receipt::a_receipt_is_one_page_however_often_it_was_tried,
        export_resent::a_lost_answer_makes_no_second_one,
        export_resent::an_admin_resends_to_another_webhook,
        export_support::support_finds_the_sentence_and_nobody,
        interrupted::a_lost_answer_makes_no_second_export,
        interrupted::a_lost_connection_loses_nothing,
        interrupted::a_token_that_ran_out_loses_nothing,
        interrupted::what_changed_since_the_preview_is_shown_before_it_goes,
        judged::what_a_page_must_not_do_is_noted,
        keys::a_key_is_made_used_and_revoked,
        keys::keys_of_others_are_not_there,
        notified::what_is_new_is_told_as_one_wishes,
        page::it_loads_and_keeps_its_token_to_itself,
        people::nobody_else_finds_them,
        people::somebody_asks_for_their_data,
        selection::a_page_does_not_wait_for_how_many_match,
        selection::all_that_match_are_exported_by_their_filters,
        selection::names_from_outside_are_text,
        selection::the_next_export_has_only_its_own_people,
        selection::the_selection_lives_across_pages_and_screens,
        selection::whoever_cannot_go_is_named,
        states::a_problem_is_a_sentence_with_its_request,
        states::nobody_signed_in,
        states::not_there_yet,
        states::nothing_there,
        states::without_a_connection,
        stream_broken::a_page_goes_on_after_the_api_was_started_anew,
        token_runs_out::nothing_that_was_typed_is_lost,
        token_runs_out::what_was_begun_goes_out_in_nobody_elses_name,
        vacancy::a_receiver_that_fails_and_heals_is_watched_to_the_end,
        vacancy::candidates_are_exported_as_the_guide_says,
        vacancy::the_first_export_takes_three_clicks,
        webhook_added::a_webhook_is_added_and_tested,
        webhook_added::each_rule_of_a_url_is_told_while_it_is_typed,
        webhook_deleted::a_webhook_is_updated_by_the_guides_three_steps,
        webhook_deleted::what_is_in_progress_is_waited_for_or_cancelled,
        webhook_heals::what_failed_is_sent_again_once_it_is_enabled,
        webhook_keyboard::nothing_needs_a_mouse,
        webhook_names::names_do_no_harm,
        webhook_needed::a_webhook_is_marked_until_it_is_reviewed,
        webhook_replaced::what_waits_goes_on_to_the_new_url,
        webhook_roles::a_recruiter_sees_names_and_health_and_can_change_nothing,
        webhook_rotated::a_secret_whose_screen_was_left_is_not_lost,
        webhook_rotated::the_earlier_secret_signs_along_until_that_is_ended,
    ];
    not_checked(&arguments);
    let conclusion = libtest_mimic::run(&arguments, stories);
    assert!(conclusion.num_passed == 0 || browser::missing().is_none(), "without a browser");
    conclusion.exit_code()
}

/// What this machine lacks, on stderr, so that nobody misses it.
fn not_checked(arguments: &Arguments) {
    if arguments.list {
        return;
    }
    if let Some(obstacle) = browser::missing() {
        eprintln!("\nNOT CHECKED: the console in a browser (tests/console): {obstacle}.");
        eprintln!(
            "NOT CHECKED: install Chromium and its ChromeDriver (script/bootstrap --tests).\n"
        );
    } else if !browser::has_axe() {
        eprintln!(
            "\nNOT CHECKED: the console by axe-core: AXE_CORE is not the path of axe.min.js."
        );
        eprintln!("NOT CHECKED: .ci/run installs it.\n");
    }
}

/// A story as a test of the usual harness, which is ignored where there is no browser.
fn trial<F>(name: &str, story: fn() -> F) -> Trial
where
    F: Future<Output = ()> + 'static,
{
    let tell = move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(story());
        Ok(())
    };
    let is_missing = browser::missing().is_some();
    let kind = if is_missing { "NOT CHECKED" } else { "" };
    Trial::test(name, tell).with_kind(kind).with_ignored_flag(is_missing)
}

/// A world with the console, about to be made.
fn world() -> Builder {
    let world = support::World::builder(BINARY).env("CONSOLE", "on");
    // A receiver that holds its answer is waited for until a browser has come, however busy the machine.
    world.env("REQUEST_TIMEOUT", "90s")
}
