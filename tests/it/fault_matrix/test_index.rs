//! Index of the tests for every row of the fault matrix. The test at the end verifies the index.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Location of the tests of a row.
enum Row {
    /// Tests in this folder whose names end in `_f_NN`.
    Here,
    /// Tests in other files: file and name. There may be more in this folder.
    Elsewhere(&'static [(&'static str, &'static str)]),
}

use Row::{Elsewhere, Here};

const REPORT_FOLDER: &str = "src/report/folder_tests.rs";
const SUCCESSIVE_RUNS: &str = "tests/it/successive_runs.rs";
const HISTORY: &str = "tests/it/history.rs";
const KILLS: &str = "tests/programs/killed_runs.rs";
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
    (15, Elsewhere(&[("crates/confluence-client/src/retry.rs", "every_status_is_classified_f_15")])),
    (16, Here),
    (17, Here),
    (18, Here),
    (19, Here),
    (20, Here),
    (21, Elsewhere(&[("crates/confluence-client/src/tests/failures.rs", "a_reset_within_the_body_is_retried_f_21")])),
    (22, Here),
    (23, Here),
    (24, Here),
    (25, Elsewhere(&[("crates/confluence-client/src/tests/failures.rs", "an_endless_response_is_cut_off_f_25")])),
    (26, Here),
    (
        27,
        Elsewhere(&[(
            "crates/confluence-client/src/tests/failures.rs",
            "silence_after_the_headers_ends_by_the_read_timeout_f_27",
        )]),
    ),
    (28, Here),
    (29, Here),
    (30, Here),
    (31, Here),
    (32, Elsewhere(&[("src/config/proxy.rs", "usable_proxies_pass_and_are_named_without_their_password_f_32")])),
    (33, Here),
    (34, Elsewhere(&[("crates/confluence-client/src/model.rs", "an_error_is_never_parsed_as_an_empty_list_f_34")])),
    (35, Here),
    (36, Here),
    (37, Here),
    (38, Here),
    (
        39,
        Elsewhere(&[
            (RECORDING, "an_account_other_than_that_of_the_last_snapshot_is_refused_f_39"),
            ("tests/it/snapshot/refused_runs.rs", "another_account_is_refused_before_the_first_list_f_39"),
        ]),
    ),
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
            "duplicates_are_counted_and_a_higher_version_wins_f_49",
        )]),
    ),
    (50, Here),
    (51, Here),
    (52, Here),
    (
        53,
        Elsewhere(&[(
            "crates/confluence-client/src/tests/paging.rs",
            "cursors_are_decoded_once_and_encoded_once_f_53",
        )]),
    ),
    (54, Here),
    (55, Here),
    (56, Here),
    (57, Here),
    (58, Elsewhere(&[(SUCCESSIVE_RUNS, "a_list_much_shorter_than_last_time_is_rejected_unless_accepted_f_58")])),
    (59, Here),
    (60, Here),
    (61, Here),
    (62, Elsewhere(&[("crates/confluence-client/src/model.rs", "ids_are_strings_or_numbers_and_nothing_else_f_62")])),
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
        Elsewhere(&[(
            REPORT_FOLDER,
            "a_full_disk_is_reported_with_written_and_free_bytes_and_leaves_no_finished_folder",
        )]),
    ),
    (76, Elsewhere(&[(REPORT_FOLDER, "the_check_leaves_nothing_behind_and_names_the_problem")])),
    (77, Elsewhere(&[(REPORT_FOLDER, "a_taken_name_gets_a_number_and_nothing_is_merged")])),
    (78, Here),
    (79, Elsewhere(&[(REPORT_FOLDER, "the_folder_gets_its_name_only_when_finished")])),
    (
        80,
        Elsewhere(&[
            (HISTORY, "a_kill_at_any_moment_leaves_the_old_or_the_new_state_f_80"),
            (KILLS, "killed_after_any_operation_on_a_file_f_80"),
            ("src/history/tests/properties.rs", "rows_depend_on_the_runs_alone_whatever_happens_to_the_files_f_80"),
        ]),
    ),
    (
        81,
        Elsewhere(&[
            (DAMAGE, "a_damaged_week_whose_csv_file_was_changed_too_is_lost_f_81"),
            (HISTORY, "the_commands_name_the_week_and_restore_it_f_81"),
            (SUCCESSIVE_RUNS, "a_damaged_cache_is_noticed_and_rebuilt_f_81"),
        ]),
    ),
    (
        82,
        Elsewhere(&[
            (HISTORY, "a_waiting_process_gets_the_lock_when_the_other_one_is_killed_f_82"),
            (
                "tests/it/end_to_end/processes.rs",
                "two_runs_of_one_site_exclude_each_other_and_a_killed_one_leaves_no_lock_f_82",
            ),
        ]),
    ),
    (
        83,
        Elsewhere(&[
            (RECORDING, "a_space_measured_again_is_replaced_and_the_others_are_kept_f_83"),
            (RECORDING, "runs_of_different_spaces_have_the_same_result_in_any_order_even_if_one_is_incomplete_f_83"),
        ]),
    ),
    (
        84,
        Elsewhere(&[
            ("src/support/iso_week.rs", "every_day_from_2020_to_2036_is_in_its_week_f_84"),
            ("src/commands/snapshot/clock.rs", "five_minutes_are_accepted_a_day_is_a_warning_and_more_is_refused_f_84"),
            (
                "tests/it/snapshot/refused_runs.rs",
                "a_clock_that_is_days_ahead_or_behind_is_refused_before_the_first_list_f_84",
            ),
        ]),
    ),
    (
        85,
        Elsewhere(&[
            (RECORDING, "an_incomplete_run_never_changes_a_complete_space_f_85"),
            (RECORDING, "an_incomplete_run_removes_no_page_from_a_complete_space_f_85"),
            (RECORDING, "a_week_has_the_lowest_status_of_its_spaces_f_85"),
        ]),
    ),
    (86, Elsewhere(&[(KILLS, "killed_after_any_operation_while_weeks_are_archived_f_86")])),
    (87, Elsewhere(&[(DAMAGE, "files_of_a_newer_version_are_refused_and_not_touched_f_87")])),
    (88, Elsewhere(&[("src/report/folder_names.rs", "hostile_keys_get_a_safe_form_with_their_id")])),
    (89, Elsewhere(&[(REPORT_FOLDER, "no_name_in_a_report_is_longer_than_the_names_of_the_check_f_89")])),
    (90, Elsewhere(&[(REPORT_FOLDER, "links_are_not_followed_and_other_users_cannot_read")])),
    (91, Elsewhere(&[("src/progress.rs", "control_sequences_only_where_they_are_understood_f_91")])),
    (92, Elsewhere(&[("src/progress.rs", "a_closed_pipe_does_not_stop_the_run_f_92")])),
    (93, Elsewhere(&[("src/progress/wrap.rs", "wrapping_to_any_width_keeps_all_words_f_93")])),
    (94, Here),
    (
        95,
        Elsewhere(&[
            ("src/inventory/crawl.rs", "a_panic_in_one_request_ends_the_crawl_f_95"),
            ("src/error.rs", "a_panic_is_an_internal_error_and_never_success_f_95"),
            (REPORT_FOLDER, "a_panic_while_writing_leaves_a_partial_folder_f_95"),
        ]),
    ),
    (96, Elsewhere(&[(SUCCESSIVE_RUNS, "a_run_interrupted_at_any_request_is_continued_f_96")])),
    (97, Here),
    (98, Here),
    (99, Here),
    (100, Here),
];

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the names of all tests in a file: functions below a `#[test]` or `#[tokio::test]`.
pub(super) fn test_names_in(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some(trial) = line.strip_prefix("sync ") {
            // an entry of the `trials!` list, one per line
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

/// Returns the numbers at the end of a test name: 51 and 54 for `short_pages_f_51_f_54`.
fn numbers(name: &str) -> Vec<u32> {
    let mut words = name.rsplit('_');
    let mut numbers = Vec::new();
    while let Some(number) = words.next().and_then(|word| word.parse().ok()) {
        if words.next() != Some("f") {
            break;
        }
        numbers.insert(0, number);
    }
    numbers
}

fn tests_here() -> BTreeMap<u32, Vec<String>> {
    let folder = root().join("tests/it/fault_matrix");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut by_row: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for name in files.collect::<Vec<PathBuf>>().iter().flat_map(|file| test_names_in(file)) {
        for number in numbers(&name) {
            by_row.entry(number).or_default().push(name.clone());
        }
    }
    by_row
}

/// Returns the numbers of the rows of `docs/failure-modes.md`: one per row, a list, or a range such as `F-45 to F-48`.
fn described() -> BTreeSet<u32> {
    let text = std::fs::read_to_string(root().join("docs/failure-modes.md")).unwrap();
    let cells = text.lines().filter_map(|line| line.strip_prefix("| F-")?.split(" |").next());
    cells
        .flat_map(|cell| {
            cell.split(", F-").flat_map(|part| {
                let mut ends = part.split(" to F-").map(|number| number.parse::<u32>().unwrap());
                let first = ends.next().unwrap();
                first..=ends.next().unwrap_or(first)
            })
        })
        .collect()
}

#[test]
fn the_table_is_complete_and_correct() {
    let here = tests_here();
    let mut wrong = Vec::new();
    for (position, (number, row)) in (1..).zip(&ROWS) {
        if position != *number {
            wrong.push(format!("F-{number:02} is at position {position}"));
        }
        let tested_here = here.contains_key(number);
        match row {
            Here if !tested_here => wrong.push(format!("F-{number:02} has no test in this folder")),
            Elsewhere(tests) => {
                for (file, name) in *tests {
                    if !test_names_in(&root().join(file)).iter().any(|test| test == name) {
                        wrong.push(format!("F-{number:02}: {file} has no test {name}"));
                    }
                }
            }
            Here => {}
        }
    }
    let described = described();
    wrong.extend(
        (1..=100).filter(|row| !described.contains(row)).map(|row| format!("docs/failure-modes.md lacks F-{row:02}")),
    );
    let unknown_rows = here.keys().filter(|number| !(1..=100).contains(*number));
    wrong.extend(unknown_rows.map(|number| format!("there is no row F-{number}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn numbers_are_parsed_from_test_names() {
    assert_eq!(numbers("short_pages_f_51_f_54"), [51, 54]);
    assert_eq!(numbers("a_status_of_404_f_41"), [41]);
    assert_eq!(numbers("the_table_is_complete"), Vec::<u32>::new());
    assert_eq!(numbers("every_status_from_100_to_599"), Vec::<u32>::new());
}
