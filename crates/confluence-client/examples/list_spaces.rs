//! Lists the current spaces of a site and checks that the list is complete.
//!
//! Instead of a real site, the example starts a small HTTP server on this computer, so that it runs without an account:
//! `cargo run -p confluence-client --example list_spaces`.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use confluence_client::api::{ListOrder, SpaceList};
use confluence_client::{Api, ConnectionSettings, Credentials};

const USER: &str = r#"{"type":"known","accountId":"557058:a","displayName":"Ann"}"#;
const FIRST_PAGE: &str =
    r#"{"results":[{"id":"1","key":"ENG"}],"_links":{"next":"/wiki/api/v2/spaces?status=current&cursor=2"}}"#;
const LAST_PAGE: &str = r#"{"results":[{"id":"2","key":"DOCS"}],"_links":{}}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    // for a real site: https://your-domain.atlassian.net/wiki
    let base_url = format!("http://{}/wiki", listener.local_addr()?);
    thread::spawn(move || listener.incoming().flatten().try_for_each(respond));

    let credentials = Credentials::basic("you@example.com", "an API token".into());
    let api = Api::new(ConnectionSettings::new(base_url, credentials))?;
    let user = api.current_user().await?.value;

    let mut keys = Vec::new();
    let list = api.spaces(SpaceList::Current, ListOrder::Forward, |space| keys.push(space.key)).await;
    // an error here means that some spaces are missing
    list.end?;
    assert_eq!(keys, ["ENG", "DOCS"]);

    let name = user.display_name.unwrap_or_default();
    writeln!(io::stdout(), "{name} can see {} spaces: {}", list.items, keys.join(", "))?;
    Ok(())
}

/// Reads one request and sends its response.
fn respond(mut stream: TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    for line in BufReader::new(stream.try_clone()?).lines() {
        match line? {
            line if line.is_empty() => break,
            line => head.push(line),
        }
    }
    let target = head.first().map(String::as_str).unwrap_or_default();
    let body = match target {
        target if target.contains("/user/current") => USER,
        target if target.contains("cursor=2") => LAST_PAGE,
        _ => FIRST_PAGE,
    };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
