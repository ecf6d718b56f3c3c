//! Duplicates: found by name, size and type, and verified by comparing their bytes.

use confluence_sim::FaultPlan;

use crate::run_program::Server;

#[test]
fn compared_duplicates_have_equal_bytes_and_different_files_of_the_same_name_are_separated() {
    let server = Server::sample(FaultPlan::none());
    let alike = server.run(&[]);
    for row in alike.rows("duplicates.csv") {
        assert_eq!(row["Verified"], "Not verified");
    }
    let run = server.run(&["--verify-duplicates"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let rows = run.rows("duplicates.csv");
    let verdicts: Vec<&str> = rows.iter().map(|row| row["Verified"].as_str()).collect();
    assert!(verdicts.contains(&"Yes") && verdicts.contains(&"No"), "{verdicts:?}");
    // expected: the values from which the server generates the bytes of a file
    for row in &rows {
        let seeds: Vec<u64> = server.server.site(|site| {
            let group = rows.iter().filter(|other| other["Duplicate Group"] == row["Duplicate Group"]);
            let file = |id: &str| site.attachments.iter().find(|file| file.id == id).unwrap();
            group.map(|other| file(&other["Attachment ID"]).versions.last().unwrap().seed).collect()
        });
        let equal = seeds.windows(2).all(|pair| pair[0] == pair[1]);
        assert_eq!(row["Verified"] == "Yes", equal, "{row:?}");
    }
}
