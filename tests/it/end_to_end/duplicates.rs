//! Files that look alike: candidates by name, size and type, certain after their bytes were compared.

use confluence_sim::FaultPlan;

use crate::program::Server;

#[test]
fn compared_duplicates_are_equal_byte_by_byte_and_namesakes_that_differ_are_told_apart() {
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
    // the truth: what the server makes the bytes of a file from
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
