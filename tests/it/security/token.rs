//! The token is never part of any output, whatever happens in the run.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use confluence_sim::{Fault, FaultPlan, Occurrence, Site};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use tempfile::TempDir;

use crate::run_program::{Finished, Server, program};
use test_support::harness::{always, on, response};
use test_support::{known_site, report_folder};

/// A token with letters that every encoding writes differently.
const TOKEN: &str = "ATATT3x+Secret/of=Acme%2F?&_-~q7Zp0";

fn site() -> Site {
    let mut site = known_site::site().0;
    TOKEN.clone_into(&mut site.token);
    site
}

/// Returns every encoding in which the token, or enough of it to guess the rest, may have leaked.
fn spellings(user: &str) -> Vec<String> {
    let mut spellings = vec![TOKEN.to_owned(), "Secret/of".to_owned(), "ATATT3x".to_owned()];
    spellings.push(percent_encode(TOKEN.as_bytes(), NON_ALPHANUMERIC).to_string());
    spellings.push(url::form_urlencoded::byte_serialize(TOKEN.as_bytes()).collect());
    // base64 of the pair, and of the token alone at each of the three offsets at which it may begin
    for before in [format!("{user}:"), String::new(), "x".to_owned(), "xx".to_owned()] {
        let encoded = BASE64_STANDARD.encode(format!("{before}{TOKEN}"));
        spellings.push(encoded[4..encoded.len() - 4].to_owned());
        spellings.push(encoded[4..encoded.len() - 4].replace('+', "-").replace('/', "_"));
    }
    spellings
}

/// Searches standard output, standard error and every file below the folder of the run.
fn assert_token_hidden(run: &Finished, user: &str, how: &str) {
    let mut places = vec![
        ("standard output".to_owned(), run.stdout.clone().into_bytes()),
        ("standard error".to_owned(), run.stderr.clone().into_bytes()),
    ];
    places.extend(report_folder::files(run.folder.path()));
    for (work_folder, bytes) in &places {
        let text = String::from_utf8_lossy(bytes);
        for spelling in spellings(user) {
            assert!(!text.contains(&spelling), "{how}: {work_folder} contains {spelling}");
        }
    }
}

#[test]
fn the_token_is_in_no_output_however_the_run_ends() {
    let cookies = |path| always(path, Fault::header("set-cookie", "tenant.session.token=x"));
    let echo = response(500, &[("content-type", "text/plain")], &format!("you sent {TOKEN}"));
    let runs: [(&str, FaultPlan, &[i32]); 8] = [
        ("complete", FaultPlan::none(), &[0]),
        ("with cookies", cookies("*"), &[0]),
        ("incomplete", always("/wiki/api/v2/footer-comments", Fault::status(403)), &[3]),
        ("token expires during the run", FaultPlan::none().unauthorized_from(20), &[4]),
        ("token rejected", FaultPlan::none().unauthorized_from(1), &[4]),
        ("html", always("*", Fault::HtmlPage), &[4]),
        ("redirected", always("*", response(302, &[("location", "https://evil.example/?x")], "")), &[4]),
        ("echoed by a broken proxy", on("/wiki/api/v2/labels", Occurrence::From(1), echo), &[0, 3]),
    ];
    for (how, faults, statuses) in runs {
        let server = Server::start(site(), faults);
        let run = server.run_as(TOKEN, &["-vv", "--json"]);
        assert!(statuses.contains(&run.status), "{how}: {} {}", run.status, run.stderr);
        assert!(run.stderr.contains("DEBUG"), "{how}: logging was enabled");
        assert_token_hidden(&run, &server.server.user(), how);
    }
}

#[test]
fn the_search_for_the_token_finds_a_leak() {
    let user = "admin@example.com";
    let encoded = BASE64_STANDARD.encode(format!("{user}:{TOKEN}"));
    for text in
        [encoded, TOKEN.to_owned(), format!("https://x/?token={}", percent_encode(TOKEN.as_bytes(), NON_ALPHANUMERIC))]
    {
        assert!(spellings(user).iter().any(|spelling| text.contains(spelling)), "{text}");
    }
}

#[test]
fn a_token_from_a_file_or_a_pipe_is_not_shown_either() {
    let server = Server::start(site(), FaultPlan::none());
    let work_folder = TempDir::new().unwrap();
    let file = work_folder.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let file = file.to_str().unwrap();
    for arguments in [vec!["-vv", "--token-file", file], vec!["-vv", "--token-stdin"]] {
        let folder = TempDir::new().unwrap();
        let output = program(folder.path())
            .env("CONFLUENCE_BASE_URL", server.server.base_url())
            .env("CONFLUENCE_API_USER", server.server.user())
            .write_stdin(format!("{TOKEN}\n"))
            .args(&arguments)
            .output()
            .unwrap();
        let run = Finished::new(output, folder);
        assert_eq!(run.status, 0, "{arguments:?}: {}", run.stderr);
        assert_token_hidden(&run, &server.server.user(), arguments[1]);
    }
}
