//! `demo --deployment` and `demo --serve`: the sample site as each kind of Confluence.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::processes::signal;
use crate::run_program::{Finished, file_name, program};

#[test]
fn the_demo_runs_as_every_kind_of_site_and_continues_one_history() {
    let folder = TempDir::new().unwrap();
    for (kind, product) in [("datacenter", "Confluence Data Center"), ("gateway", "Confluence Cloud")] {
        let output = program(folder.path()).args(["demo", "--deployment", kind]).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{kind}: {stderr}");
        assert!(stderr.lines().any(|line| line.starts_with(product) && line.contains("127.0.0.1")), "{stderr}");
    }
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| file_name(&entry.unwrap().path()));
    let reports: Vec<String> = names.filter(|name| name.starts_with("confluence_analysis_")).collect();
    assert!(reports.len() == 2 && reports.iter().all(|name| !name.contains("INCOMPLETE")), "{reports:?}");
    let refused = program(folder.path()).args(["demo", "--deployment", "server"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn the_served_sample_accepts_every_kind_of_credentials_that_it_names_until_ctrl_c() {
    for (kind, ways) in [("cloud", 4), ("gateway", 3), ("datacenter", 3)] {
        let folder = TempDir::new().unwrap();
        let mut server = Command::new(assert_cmd::cargo::cargo_bin("confluence-storage-analyzer"))
            .current_dir(folder.path())
            .args(["demo", "--serve", "--json", "--deployment", kind])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut printed).unwrap();
        let printed: Value = serde_json::from_str(&printed).unwrap();
        assert!(printed["base_url"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{printed}");
        let access = printed["access"].as_array().unwrap();
        assert_eq!(access.len(), ways, "{printed}");
        for way in access {
            let reader = TempDir::new().unwrap();
            let variables = way["variables"].as_object().unwrap().iter();
            let variables = variables.map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
            let output = program(reader.path()).envs(variables).arg("doctor").output().unwrap();
            let run = Finished::new(output, reader);
            assert!(run.stdout.contains("ok       connection: Confluence "), "{way}: {}{}", run.stdout, run.stderr);
        }
        signal(&server, "INT");
        assert_eq!(server.wait().unwrap().code(), Some(0), "Ctrl-C is how serving ends");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written");
    }
}
