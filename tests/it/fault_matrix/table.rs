//! Where the rows of the matrix are tested: every one of them is. The test at the end keeps the table honest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is there for a row beside the tests in this folder that bear its number.
enum Row {
    /// Tests named `f_NN_…` in this folder.
    Here,
    /// Tests elsewhere: file and name. There may also be some in this folder.
    Elsewhere(&'static [(&'static str, &'static str)]),
}

use Row::{Elsewhere, Here};

const FOLDER: &str = "src/report/folder_tests.rs";
const CONTINUING: &str = "tests/it/continuing.rs";
const HISTORY: &str = "tests/it/history.rs";
const KILLS: &str = "tests/programs/kills.rs";
const RECORDING: &str = "src/history/tests/recording.rs";
const DAMAGE: &str = "src/history/tests/damage.rs";

const ROWS: [(u32, Row); 100] = [
    (1, Here),
    (2, Here),
    (3, Here),
    (4, Here),
    (5, Here),
    (6, Here),
    (7, Here),
    (8, Here),
    (9, Here),
    (10, Here),
    (11, Here),
    (12, Here),
    (13, Here),
    (14, Here),
    (15, Elsewhere(&[("crates/confluence-client/src/retry.rs", "f_15_every_status_has_its_verdict")])),
    (16, Here),
    (17, Here),
    (18, Here),
    (19, Here),
    (20, Here),
    (21, Elsewhere(&[("crates/confluence-client/src/tests/trouble.rs", "f_21_reset_in_mid_body_is_retried")])),
    (22, Here),
    (23, Here),
    (24, Here),
    (25, Elsewhere(&[("crates/confluence-client/src/tests/trouble.rs", "f_25_an_endless_answer_is_cut_off")])),
    (26, Here),
    (
        27,
        Elsewhere(&[(
            "crates/confluence-client/src/tests/trouble.rs",
            "f_27_silence_after_the_headers_ends_by_the_read_limit",
        )]),
    ),
    (28, Here),
    (29, Here),
    (30, Here),
    (31, Here),
    (32, Elsewhere(&[("src/config/proxy.rs", "f_32_usable_proxies_pass_and_are_named_without_their_password")])),
    (33, Here),
    (34, Elsewhere(&[("crates/confluence-client/src/model.rs", "f_34_a_failure_is_never_an_empty_list")])),
    (35, Here),
    (36, Here),
    (37, Here),
    (38, Here),
    (39, Elsewhere(&[(RECORDING, "f_39_another_account_than_that_of_the_last_snapshot_is_told_apart")])),
    (40, Here),
    (41, Here),
    (42, Here),
    (43, Here),
    (44, Here),
    (45, Here),
    (46, Here),
    (47, Here),
    (48, Here),
    (
        49,
        Elsewhere(&[(
            "crates/confluence-client/src/tests/paging.rs",
            "f_49_doubles_are_counted_and_a_higher_version_wins",
        )]),
    ),
    (50, Here),
    (51, Here),
    (52, Here),
    (
        53,
        Elsewhere(&[(
            "crates/confluence-client/src/tests/paging.rs",
            "f_53_cursors_are_decoded_once_and_encoded_once",
        )]),
    ),
    (54, Here),
    (55, Here),
    (56, Here),
    (57, Here),
    (58, Elsewhere(&[(CONTINUING, "f_58_a_list_much_shorter_than_last_time_is_not_believed_unless_asked_for")])),
    (59, Here),
    (60, Here),
    (61, Here),
    (62, Elsewhere(&[("crates/confluence-client/src/model.rs", "f_62_ids_are_text_or_numbers_and_nothing_else")])),
    (63, Here),
    (64, Here),
    (65, Here),
    (66, Here),
    (67, Here),
    (68, Here),
    (69, Here),
    (70, Here),
    (71, Here),
    (72, Here),
    (73, Here),
    (74, Here),
    (
        75,
        Elsewhere(&[(FOLDER, "a_full_disk_surfaces_with_what_was_written_and_is_left_and_leaves_no_finished_folder")]),
    ),
    (76, Elsewhere(&[(FOLDER, "the_probe_leaves_nothing_and_names_what_is_wrong")])),
    (77, Elsewhere(&[(FOLDER, "a_taken_name_gets_a_number_and_nothing_is_merged")])),
    (78, Here),
    (79, Elsewhere(&[(FOLDER, "the_folder_gets_its_name_only_when_finished")])),
    (
        80,
        Elsewhere(&[
            (HISTORY, "f_80_a_kill_at_any_moment_leaves_the_old_or_the_new_state"),
            (KILLS, "f_80_killed_after_any_operation_on_a_file"),
            ("src/history/tests/properties.rs", "f_80_the_rows_are_those_of_the_runs_whatever_happens_to_the_files"),
        ]),
    ),
    (
        81,
        Elsewhere(&[
            (DAMAGE, "f_81_a_week_whose_csv_file_was_changed_too_is_lost_and_a_gap"),
            (HISTORY, "f_81_the_commands_name_the_week_and_restore_it"),
            (CONTINUING, "f_81_a_damaged_cache_is_noticed_and_read_again"),
        ]),
    ),
    (
        82,
        Elsewhere(&[
            (HISTORY, "f_82_whoever_waits_gets_the_history_when_the_other_process_is_killed"),
            (
                "tests/it/end_to_end/processes.rs",
                "f_82_two_runs_of_one_site_do_not_meet_and_a_killed_one_locks_nobody_out",
            ),
        ]),
    ),
    (83, Elsewhere(&[(RECORDING, "f_83_a_space_measured_again_is_replaced_and_the_others_stay")])),
    (
        84,
        Elsewhere(&[
            ("src/support/iso_week.rs", "f_84_every_day_from_2020_to_2036_is_in_its_week"),
            ("src/commands/snapshot/clock.rs", "f_84_minutes_are_fine_hours_a_warning_days_a_refusal"),
        ]),
    ),
    (
        85,
        Elsewhere(&[
            (RECORDING, "f_85_an_incomplete_run_never_touches_a_complete_week"),
            (RECORDING, "f_85_a_week_is_worth_as_much_as_its_least_space"),
        ]),
    ),
    (86, Elsewhere(&[(KILLS, "f_86_killed_after_any_operation_while_weeks_are_archived")])),
    (87, Elsewhere(&[(DAMAGE, "f_87_a_newer_program_s_files_are_refused_and_nothing_is_touched")])),
    (88, Elsewhere(&[("src/report/names.rs", "hostile_keys_get_a_safe_form_with_their_id")])),
    (89, Elsewhere(&[(FOLDER, "f_89_no_name_in_a_report_is_longer_than_what_is_tried_at_the_start")])),
    (90, Elsewhere(&[(FOLDER, "links_are_not_followed_and_others_cannot_read")])),
    (91, Elsewhere(&[("src/progress.rs", "f_91_control_sequences_only_where_they_are_understood")])),
    (92, Elsewhere(&[("src/progress.rs", "f_92_a_closed_pipe_does_not_stop_the_run")])),
    (93, Elsewhere(&[("src/progress/wrap.rs", "f_93_any_width_will_do")])),
    (94, Here),
    (
        95,
        Elsewhere(&[
            ("src/inventory/crawl.rs", "f_95_a_panic_in_one_request_ends_the_reading_with_it"),
            ("src/error.rs", "f_95_a_panic_is_an_internal_error_and_never_success"),
            (FOLDER, "f_95_a_panic_while_writing_leaves_a_partial_folder"),
        ]),
    ),
    (96, Elsewhere(&[(CONTINUING, "f_96_a_run_that_broke_off_is_continued_wherever_that_was")])),
    (97, Here),
    (98, Here),
    (99, Here),
    (100, Here),
];

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of all tests in a file: functions below a `#[test]` or `#[tokio::test]`.
pub(super) fn tests_in(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some(trial) = line.strip_prefix("sync ") {
            // in the list of `trials!`, one to a line
            names.extend(trial.split([',', ';']).next().map(str::to_owned));
        } else if let Some(name) = line.trim_start_matches("async ").strip_prefix("fn ") {
            if is_test {
                names.extend(name.split('(').next().map(str::to_owned));
            }
            is_test = false;
        }
    }
    names
}

/// The numbers a test bears: `f_51_f_54_short_pages` bears 51 and 54.
fn numbers(name: &str) -> Vec<u32> {
    let mut words = name.split('_').peekable();
    let mut numbers = Vec::new();
    while let Some(letter) = words.next() {
        let Some(number) = words.peek().and_then(|word| word.parse().ok()) else { break };
        words.next();
        if letter == "f" {
            numbers.push(number);
        } else if letter != "s" {
            break;
        }
    }
    numbers
}

fn tests_here() -> BTreeMap<u32, Vec<String>> {
    let folder = root().join("tests/it/fault_matrix");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut by_row: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for name in files.collect::<Vec<PathBuf>>().iter().flat_map(|file| tests_in(file)) {
        for number in numbers(&name) {
            by_row.entry(number).or_default().push(name.clone());
        }
    }
    by_row
}

#[test]
fn the_table_is_complete_and_true() {
    let here = tests_here();
    let mut wrong = Vec::new();
    for (place, (number, row)) in (1..).zip(&ROWS) {
        if place != *number {
            wrong.push(format!("F-{number:02} stands at place {place}"));
        }
        let tested_here = here.contains_key(number);
        match row {
            Here if !tested_here => wrong.push(format!("F-{number:02} has no test in this folder")),
            Elsewhere(tests) => {
                for (file, name) in *tests {
                    if !tests_in(&root().join(file)).iter().any(|test| test == name) {
                        wrong.push(format!("F-{number:02}: {file} has no test {name}"));
                    }
                }
            }
            Here => {}
        }
    }
    let strangers = here.keys().filter(|number| !(1..=100).contains(*number));
    wrong.extend(strangers.map(|number| format!("there is no row F-{number}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_reads_names_as_they_are_meant() {
    assert_eq!(numbers("f_51_f_54_short_pages"), [51, 54]);
    assert_eq!(numbers("f_44_s_16_next_links"), [44]);
    assert_eq!(numbers("the_table_is_complete"), Vec::<u32>::new());
}
