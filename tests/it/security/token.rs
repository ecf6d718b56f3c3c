//! The token is in no output, however the run goes.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use confluence_sim::{Fault, FaultPlan, Occurrence, Site};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use tempfile::TempDir;

use crate::program::{Finished, Server, program};
use test_support::bench::{always, answer, on};
use test_support::{folder, known};

/// A token with letters that every encoding writes differently.
const TOKEN: &str = "ATATT3x+Secret/of=Acme%2F?&_-~q7Zp0";

fn site() -> Site {
    let mut site = known::site().0;
    TOKEN.clone_into(&mut site.token);
    site
}

/// Every spelling in which the token, or enough of it to guess the rest, may have slipped through.
fn spellings(user: &str) -> Vec<String> {
    let mut spellings = vec![TOKEN.to_owned(), "Secret/of".to_owned(), "ATATT3x".to_owned()];
    spellings.push(percent_encode(TOKEN.as_bytes(), NON_ALPHANUMERIC).to_string());
    spellings.push(url::form_urlencoded::byte_serialize(TOKEN.as_bytes()).collect());
    // base64 of the pair, and of the token alone at each of the three places it may begin at
    for before in [format!("{user}:"), String::new(), "x".to_owned(), "xx".to_owned()] {
        let whole = BASE64_STANDARD.encode(format!("{before}{TOKEN}"));
        spellings.push(whole[4..whole.len() - 4].to_owned());
        spellings.push(whole[4..whole.len() - 4].replace('+', "-").replace('/', "_"));
    }
    spellings
}

/// Looks through standard output, standard error and every file below the folder of the run.
fn shows_nothing(run: &Finished, user: &str, how: &str) {
    let mut places = vec![
        ("standard output".to_owned(), run.stdout.clone().into_bytes()),
        ("standard error".to_owned(), run.stderr.clone().into_bytes()),
    ];
    places.extend(folder::files(run.folder.path()));
    for (place, bytes) in &places {
        let text = String::from_utf8_lossy(bytes);
        for spelling in spellings(user) {
            assert!(!text.contains(&spelling), "{how}: {place} holds {spelling}");
        }
    }
}

#[test]
fn the_token_is_in_no_output_however_the_run_ends() {
    let cookies = |path| always(path, Fault::header("set-cookie", "tenant.session.token=x"));
    let echo = answer(500, &[("content-type", "text/plain")], &format!("you sent {TOKEN}"));
    let ways: [(&str, FaultPlan, &[i32]); 8] = [
        ("complete", FaultPlan::none(), &[0]),
        ("with cookies", cookies("*"), &[0]),
        ("incomplete", always("/wiki/api/v2/footer-comments", Fault::status(403)), &[3]),
        ("dead on the way", FaultPlan::none().unauthorized_from(20), &[4]),
        ("refused", FaultPlan::none().unauthorized_from(1), &[4]),
        ("html", always("*", Fault::HtmlPage), &[5]),
        ("redirected", always("*", answer(302, &[("location", "https://evil.example/?x")], "")), &[5]),
        ("echoed by a broken proxy", on("/wiki/api/v2/labels", Occurrence::From(1), echo), &[0, 3]),
    ];
    for (how, faults, statuses) in ways {
        let server = Server::start(site(), faults);
        let run = server.run_as(TOKEN, &["-vv", "--json"]);
        assert!(statuses.contains(&run.status), "{how}: {} {}", run.status, run.stderr);
        assert!(run.stderr.contains("DEBUG"), "{how}: the log was on");
        shows_nothing(&run, &server.server.user(), how);
    }
}

#[test]
fn the_search_would_find_it() {
    let user = "admin@example.com";
    let whole = BASE64_STANDARD.encode(format!("{user}:{TOKEN}"));
    for text in
        [whole, TOKEN.to_owned(), format!("https://x/?token={}", percent_encode(TOKEN.as_bytes(), NON_ALPHANUMERIC))]
    {
        assert!(spellings(user).iter().any(|spelling| text.contains(spelling)), "{text}");
    }
}

#[test]
fn a_token_from_a_file_or_a_pipe_is_not_shown_either() {
    let server = Server::start(site(), FaultPlan::none());
    let place = TempDir::new().unwrap();
    let file = place.path().join("token");
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
        shows_nothing(&run, &server.server.user(), arguments[1]);
    }
}
