//! What else goes wrong, each with the tests that hold it. The rows of the matrix have numbers; these have names.

use super::table::{root, tests_in};

/// What goes wrong, the file of its tests, and their names.
const ROWS: &[(&str, &str, &[&str])] = &[
    (
        "a file gets another name without a new version",
        "tests/it/closing_walk.rs",
        &["a_file_renamed_without_a_new_version"],
    ),
    (
        "a file goes to another page without a new version",
        "tests/it/closing_walk.rs",
        &["a_file_moved_without_a_new_version"],
    ),
    ("a page comes back from the trash", "tests/it/closing_walk.rs", &["a_page_restored_from_the_trash"]),
    (
        "a page whose files another lists gets another title",
        "tests/it/closing_walk.rs",
        &["a_page_whose_files_another_lists_gets_another_title"],
    ),
    ("a template is edited after its list", "tests/it/closing_walk.rs", &["a_template_edited_after_its_list"]),
    (
        "a reply comes where the list of the site shows none",
        "tests/it/closing_walk.rs",
        &["a_reply_added_where_the_list_of_the_site_shows_none"],
    ),
    (
        "a label is given that a gallery filters by",
        "tests/it/closing_walk.rs",
        &["a_label_given_that_a_gallery_filters_by"],
    ),
    ("a header image is set", "tests/it/closing_walk.rs", &["a_header_image_set"]),
    ("a restriction is lifted", "tests/it/closing_walk.rs", &["a_restriction_lifted"]),
    (
        "the clock of the server is ahead",
        "tests/it/closing_walk.rs",
        &["a_clock_of_the_server_that_is_ahead_does_not_matter"],
    ),
    (
        "a closing list is empty, or in no order",
        "tests/it/closing_walk.rs",
        &[
            "a_closing_list_without_an_item_condemns_nothing",
            "a_closing_list_in_another_order_than_asked_for_does_no_harm",
        ],
    ),
    (
        "a list has a hole that no search shows",
        "tests/it/closing_walk.rs",
        &[
            "a_hole_in_one_order_is_noticed_without_a_search_and_in_an_archived_space",
            "lists_cut_short_are_noticed_without_a_search",
        ],
    ),
    (
        "a space is listed first and left out later",
        "tests/it/closing_walk.rs",
        &["a_space_that_is_listed_first_and_left_out_later_is_a_hole"],
    ),
    (
        "a page is moved so that neither list shows it",
        "tests/it/closing_walk.rs",
        &["a_page_that_two_lists_missed_while_it_was_moved_is_found"],
    ),
    (
        "an empty body that readers see as full",
        "tests/it/unread.rs",
        &["an_empty_body_is_held_against_its_document", "a_live_doc_of_one_version_is_held_against_its_document_too"],
    ),
    (
        "a body or version number that is null",
        "tests/it/unread.rs",
        &[
            "a_body_that_storage_format_lacks_is_read_as_a_document",
            "a_file_without_a_version_is_read_alone",
            "app_content_without_a_body_does_not_name_nothing",
        ],
    ),
    (
        "a page that nobody can read",
        "tests/it/unread.rs",
        &["a_page_without_a_body_can_be_accepted_for_its_version", "what_fails_on_the_way_cannot_be_accepted"],
    ),
    (
        "templates that an archived space refuses",
        "tests/it/unread_templates.rs",
        &["refused_templates_of_an_archived_space_are_a_gap_unless_another_list_shows_all"],
    ),
    (
        "a draft of the own account names a file",
        "tests/it/drafts.rs",
        &["every_listed_draft_that_is_newer_than_the_publication_is_read"],
    ),
    (
        "large neighbours in a list",
        "tests/it/fault_matrix/limits.rs",
        &[
            "large_neighbours_are_read_though_no_answer_could_hold_them_together_f_25",
            "one_body_that_no_answer_can_hold_fails_by_name_and_all_others_are_read_f_25",
        ],
    ),
    (
        "a body made to be expensive",
        "tests/it/storage_format_rows/robustness.rs",
        &["a_body_made_to_be_expensive_is_searched_instead_and_named"],
    ),
    (
        "a refusal that is no fault of the token",
        "tests/it/fault_matrix/refusals.rs",
        &["every_sign_has_its_words_and_its_remedy_in_a_run_as_in_doctor_f_33_f_35_f_43"],
    ),
    (
        "no home folder",
        "tests/it/fault_matrix/process.rs",
        &["without_a_home_what_is_not_kept_is_told_and_the_counts_are_kept_f_58"],
    ),
    (
        "a space that no list shows",
        "tests/it/figures.rs",
        &["what_lies_in_a_space_that_no_list_shows_is_in_the_figures"],
    ),
    (
        "planted links",
        "tests/it/end_to_end/places.rs",
        &["planted_links_are_refused_before_the_first_request_and_what_they_lead_to_stays"],
    ),
    (
        "a path that is no UTF-8",
        "tests/it/end_to_end/places.rs",
        &["a_path_that_is_no_utf_8_is_used_and_printed_as_it_is"],
    ),
    (
        "a limit on the size of files",
        "tests/it/end_to_end/places.rs",
        &["a_limit_on_the_size_of_files_is_told_as_a_full_disk_and_leaves_nothing_behind_f_75"],
    ),
    ("an umask of 0", "tests/it/end_to_end/places.rs", &["whatever_the_umask_everything_is_for_its_owner_only"]),
    (
        "a text of the site that forges a line",
        "tests/it/end_to_end/hostile_texts.rs",
        &["no_text_of_a_site_passes_for_a_line_of_the_program"],
    ),
];

#[test]
fn every_row_has_its_tests() {
    let mut missing = Vec::new();
    for (row, file, tests) in ROWS {
        let there = tests_in(&root().join(file));
        missing.extend(
            tests
                .iter()
                .filter(|test| !there.iter().any(|name| name == *test))
                .map(|test| format!("{row}: {file} has no test {test}")),
        );
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
