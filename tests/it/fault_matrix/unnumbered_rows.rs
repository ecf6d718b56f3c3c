//! Further failure modes with their tests. Unlike the rows of the matrix, these have names instead of numbers.

use super::test_index::{root, test_names_in};

/// Failure modes: description, file of the tests, and their names.
const ROWS: &[(&str, &str, &[&str])] = &[
    (
        "a file is renamed without a new version",
        "tests/it/final_pass.rs",
        &["a_file_renamed_without_a_new_version_is_noticed"],
    ),
    (
        "a file is moved to another page without a new version",
        "tests/it/final_pass.rs",
        &["a_file_moved_without_a_new_version_is_noticed"],
    ),
    ("a page is restored from the trash", "tests/it/final_pass.rs", &["a_page_restored_from_the_trash_is_noticed"]),
    (
        "a page whose files another page lists is renamed",
        "tests/it/final_pass.rs",
        &["a_renamed_page_whose_files_another_page_lists_is_noticed"],
    ),
    ("a template is edited after its list", "tests/it/final_pass.rs", &["a_template_edited_after_its_list_is_noticed"]),
    (
        "a reply is added where the list of the site shows none",
        "tests/it/final_pass.rs",
        &["a_reply_added_where_the_list_of_the_site_shows_none_is_noticed"],
    ),
    (
        "a label is added that a gallery filters by",
        "tests/it/final_pass.rs",
        &["a_label_added_that_a_gallery_filters_by_is_noticed"],
    ),
    ("a header image is set", "tests/it/final_pass.rs", &["a_header_image_set_during_the_crawl_is_noticed"]),
    ("a restriction is lifted", "tests/it/final_pass.rs", &["a_restriction_lifted_during_the_crawl_is_noticed"]),
    (
        "the clock of the server is ahead",
        "tests/it/final_pass.rs",
        &["a_clock_of_the_server_that_is_ahead_does_not_matter"],
    ),
    (
        "a list of the final pass is empty or unordered",
        "tests/it/final_pass.rs",
        &[
            "an_empty_list_in_the_final_pass_makes_no_file_unreferenced",
            "a_list_of_the_final_pass_in_an_unexpected_order_does_no_harm",
        ],
    ),
    (
        "a list has a hole that no search shows",
        "tests/it/final_pass.rs",
        &[
            "a_hole_in_one_order_is_noticed_without_a_search_and_in_an_archived_space",
            "lists_cut_short_are_noticed_without_a_search",
        ],
    ),
    (
        "a space is listed first and missing later",
        "tests/it/final_pass.rs",
        &["a_space_that_is_listed_first_and_left_out_later_is_a_hole"],
    ),
    (
        "a page is moved so that no list shows it",
        "tests/it/final_pass.rs",
        &["a_page_that_two_lists_missed_while_it_was_moved_is_found"],
    ),
    (
        "an empty body of a page that readers see with content",
        "tests/it/unreadable_content.rs",
        &["an_empty_body_is_compared_with_its_document", "a_live_doc_of_one_version_is_compared_with_its_document_too"],
    ),
    (
        "a body or version number that is null",
        "tests/it/unreadable_content.rs",
        &[
            "a_body_that_storage_format_lacks_is_read_as_a_document",
            "a_file_without_a_version_is_read_alone",
            "custom_content_without_a_body_may_name_files",
        ],
    ),
    (
        "a page that cannot be read",
        "tests/it/unreadable_content.rs",
        &["a_page_without_a_body_can_be_accepted_for_its_version", "transient_failures_cannot_be_accepted"],
    ),
    (
        "denied templates of an archived space",
        "tests/it/denied_templates.rs",
        &["denied_templates_of_an_archived_space_are_a_gap_unless_another_list_shows_all"],
    ),
    (
        "a draft of the account itself names a file",
        "tests/it/drafts.rs",
        &["every_listed_draft_that_is_newer_than_the_publication_is_read"],
    ),
    (
        "large bodies next to each other in a list",
        "tests/it/fault_matrix/limits.rs",
        &[
            "large_bodies_are_read_even_if_no_response_could_hold_them_together_f_25",
            "one_body_that_no_response_can_hold_fails_by_name_and_all_others_are_read_f_25",
        ],
    ),
    (
        "a body that is expensive to parse",
        "tests/it/storage_format_constructs/robustness.rs",
        &["a_hostile_body_is_searched_as_text_and_named_in_a_notice"],
    ),
    (
        "a refusal that is not caused by the token",
        "tests/it/fault_matrix/refusals.rs",
        &["every_refusal_has_its_message_and_remedy_in_a_run_and_in_doctor_f_33_f_35_f_43"],
    ),
    (
        "no home folder",
        "tests/it/fault_matrix/process.rs",
        &["without_a_home_folder_missing_caches_are_reported_and_the_counts_are_kept_f_58"],
    ),
    ("a space that no list shows", "tests/it/figures.rs", &["files_in_a_space_that_is_not_visible_are_in_the_figures"]),
    (
        "planted links",
        "tests/it/end_to_end/file_systems.rs",
        &["planted_links_are_rejected_before_the_first_list_and_their_targets_are_untouched"],
    ),
    (
        "a path that is not UTF-8",
        "tests/it/end_to_end/file_systems.rs",
        &["a_path_that_is_not_utf_8_is_used_and_printed_unchanged"],
    ),
    (
        "a limit on the size of files",
        "tests/it/end_to_end/file_systems.rs",
        &["a_file_size_limit_is_reported_as_a_full_disk_and_leaves_nothing_behind_f_75"],
    ),
    ("an umask of 0", "tests/it/end_to_end/file_systems.rs", &["files_are_private_to_their_owner_with_any_umask"]),
    (
        "a text of the site that imitates a line of output",
        "tests/it/end_to_end/hostile_texts.rs",
        &["no_text_of_a_site_looks_like_a_line_of_the_program"],
    ),
];

#[test]
fn every_row_has_its_tests() {
    let mut missing = Vec::new();
    for (row, file, tests) in ROWS {
        let there = test_names_in(&root().join(file));
        missing.extend(
            tests
                .iter()
                .filter(|test| !there.iter().any(|name| name == *test))
                .map(|test| format!("{row}: {file} has no test {test}")),
        );
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
