//! F-32: proxies from environment variables, with the real program.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use confluence_sim::FaultPlan;
use tempfile::TempDir;

use crate::run_program::{Finished, Server, program};

/// A proxy that answers every request with the same line and records what it was sent.
struct Proxy {
    address: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn answering(line: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        // the thread waits for further connections until the test process ends
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut head = String::new();
                let mut lines = BufReader::new(&stream);
                while lines.read_line(&mut head).is_ok_and(|read| read > 2) {}
                seen.lock().unwrap().push(head);
                let _ = write!(&stream, "{line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            }
        });
        Self { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

const NAMES: [&str; 8] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

/// Runs the program against a site that only a proxy could reach.
fn run(variables: &[(&str, &str)]) -> Finished {
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    for name in NAMES {
        command.env_remove(name);
    }
    let output = command
        .env("CONFLUENCE_BASE_URL", "https://acme.invalid")
        .env("CONFLUENCE_API_USER", "me@example.com")
        .env("CONFLUENCE_API_TOKEN", "ATATT-secret-of-the-site")
        .envs(variables.iter().copied())
        .args(["-vv"])
        .output()
        .unwrap();
    Finished::new(output, folder)
}

#[test]
fn a_proxy_that_refuses_is_reported_and_never_sees_the_token_f_32() {
    for (name, line) in [
        ("HTTPS_PROXY", "HTTP/1.1 407 Proxy Authentication Required"),
        ("https_proxy", "HTTP/1.1 403 Forbidden"),
        ("ALL_PROXY", "HTTP/1.1 502 Bad Gateway"),
    ] {
        let proxy = Proxy::answering(line);
        let address = format!("http://user:proxy-s3cret@{}", proxy.address);
        let run = run(&[(name, &address)]);
        assert_eq!(run.status, 5, "{}", run.stderr);
        let named = format!("the proxy {} ({name})", proxy.address);
        assert!(run.stderr.replace('\n', " ").contains(&named), "{line}: {}", run.stderr);
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
        let heads = proxy.heads();
        assert!(!heads.is_empty() && heads.len() <= 3, "{heads:?}");
        for head in heads {
            assert!(head.starts_with("CONNECT acme.invalid:443 "), "only a tunnel is requested: {head}");
            assert!(!head.to_lowercase().contains("\r\nauthorization:"), "{head}");
        }
    }
}

#[test]
fn no_proxy_is_honoured_f_32() {
    let proxy = Proxy::answering("HTTP/1.1 502 Bad Gateway");
    let address = format!("http://{}", proxy.address);
    let run = run(&[("HTTPS_PROXY", &address), ("NO_PROXY", "acme.invalid")]);
    assert_eq!(run.status, 5, "{}", run.stderr);
    assert!(proxy.heads().is_empty());
}

#[test]
fn an_invalid_proxy_url_is_rejected_with_the_name_of_its_variable_f_32() {
    let run = run(&[("HTTPS_PROXY", "http://user:proxy-s3cret@:99999999")]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("HTTPS_PROXY") && !run.stderr.contains("s3cret"), "{}", run.stderr);
}

#[test]
fn localhost_is_reached_without_a_proxy_f_32() {
    let proxy = Proxy::answering("HTTP/1.1 502 Bad Gateway");
    let address = format!("http://{}", proxy.address);
    let server = Server::start(test_support::known_site::site().0, FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = command
        .envs(NAMES[..6].iter().map(|name| (*name, &address)))
        .env("CONFLUENCE_BASE_URL", server.server.base_url())
        .env("CONFLUENCE_API_USER", server.server.user())
        .env("CONFLUENCE_API_TOKEN", server.server.token())
        .output()
        .unwrap();
    let run = Finished::new(output, folder);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(proxy.heads(), Vec::<String>::new());
}
