//! What deletes a file: the commands and links of a report, checked against the server that the report is from.
//!
//! The server refuses to delete, with status 405, but only after it accepted the credentials, and its log has the request.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use chrono::Utc;
use confluence_sim::site::Attachment;
use confluence_sim::{DemoServer, Listener, ServedAs, sample_site};
use confluence_storage_analyzer::report::format;

use crate::NAMES;
use crate::exports::{KEEP_COPIES, copied};
use crate::filter_reference::{Row, rows};
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async a_copied_command_sends_one_request_that_deletes_exactly_its_file,
        async links_of_every_kind_of_site_lead_to_the_file_and_its_old_versions;
}

/// A kind of Confluence, and the path below its address that deletes a file.
type Kind = (fn() -> ServedAs, fn(&Attachment) -> String);

const KINDS: [Kind; 3] = [
    (|| ServedAs::Cloud, |file| format!("/api/v2/attachments/{}", file.id)),
    (|| ServedAs::Gateway, |file| format!("/api/v2/attachments/{}", file.id)),
    (
        || ServedAs::data_center("confluence"),
        |file| format!("/rest/api/content/{}/child/attachment/{}", owner(file), file.id),
    ),
];

fn owner(file: &Attachment) -> &str {
    file.container.id().unwrap_or_default()
}

/// A server with the sample site, and the report of an audit of it.
struct Audited {
    server: DemoServer,
    folder: PathBuf,
    /// Credentials for the commands of the report.
    credentials: BTreeMap<&'static str, String>,
    _parent: tempfile::TempDir,
}

impl Audited {
    async fn of(served_as: ServedAs) -> Self {
        // on Data Center, markup of Cloud could mean any file of the page
        let site = sample_site(Utc::now()).without_cloud_features();
        let server = DemoServer::start_as(served_as.clone(), site).await.expect("a server");
        let parent = tempfile::tempdir().expect("a folder");
        let mut run = Command::new(env!("CARGO_BIN_EXE_confluence-storage-analyzer"));
        run.args(["audit", "--quiet", "--no-cache"]).env_clear().current_dir(parent.path());
        run.env("CONFLUENCE_BASE_URL", server.site_url());
        run.env("CONFLUENCE_GATEWAY_URL", server.gateway_origin()).env("CONFLUENCE_AUTH_URL", server.auth_origin());
        let credentials = if served_as == ServedAs::data_center("confluence") {
            let token = server.site(|site| site.credentials.personal_access_token.clone()).expect("a token");
            run.env("CONFLUENCE_API_TOKEN", &token);
            BTreeMap::from([("CONFLUENCE_API_TOKEN", token)])
        } else {
            run.env("CONFLUENCE_API_USER", server.user()).env("CONFLUENCE_API_TOKEN", server.token());
            let (user, token) = server.site(|site| (site.email.clone(), site.token.clone()));
            BTreeMap::from([("CONFLUENCE_API_USER", user), ("CONFLUENCE_API_TOKEN", token)])
        };
        let output = tokio::task::spawn_blocking(move || run.output()).await.expect("a thread").expect("it runs");
        assert!(output.status.success(), "{served_as:?}: {}", String::from_utf8_lossy(&output.stderr));
        let page = PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim());
        let folder = page.parent().expect("a folder").to_owned();
        Self { server, folder, credentials, _parent: parent }
    }

    fn rows(&self, file: &str) -> Vec<Row> {
        rows(&std::fs::read_to_string(self.folder.join(file)).expect("read"))
    }

    fn page(&self, page: &str) -> PathBuf {
        self.folder.join(page)
    }

    /// Runs a copied command in a shell, as a person does.
    async fn run(&self, command: &str) {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(command).envs(&self.credentials);
        let output = tokio::task::spawn_blocking(move || shell.output()).await.expect("a thread").expect("it runs");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The attachments of the site by their ids.
    fn files(&self) -> BTreeMap<String, Attachment> {
        self.server.site(|site| site.attachments.iter().map(|file| (file.id.clone(), file.clone())).collect())
    }
}

async fn a_copied_command_sends_one_request_that_deletes_exactly_its_file() {
    let browser = Browser::start().await;
    for (served_as, path_of) in KINDS {
        let audited = Audited::of(served_as()).await;
        let unreferenced = audited.rows("ENG/ENG_unreferenced.csv");
        let files = audited.files();
        let context = audited.server.site_url().splitn(4, '/').nth(3).map(|path| format!("/{path}")).expect("a path");
        let of_path: BTreeMap<String, &Attachment> =
            files.values().map(|file| (context.clone() + &path_of(file), file)).collect();
        browser.open(&audited.page("ENG/ENG_unreferenced.html")).await;
        browser.run(KEEP_COPIES).await;
        assert!(browser.texts(NAMES).await.len() > 20, "{:?}", served_as());
        browser.click("#tick-button").await;
        browser.click("#cleanup-button").await;
        let list = copied(&browser, "commands").await;
        assert!(list.contains("# The commands need "), "{list}");
        let lines: Vec<&str> = list.lines().collect();
        let mut deleted = BTreeSet::new();
        for pair in lines.windows(2).filter(|pair| pair[1].starts_with("curl ")) {
            let before = audited.server.requests().len();
            audited.run(pair[1]).await;
            let sent = audited.server.requests().split_off(before);
            assert_eq!(sent.len(), 1, "{sent:#?}");
            let request = &sent[0];
            assert_eq!((request.method.as_str(), request.query.as_str(), request.status), ("DELETE", "", 405));
            assert!(request.authorized && request.listener == Listener::Site, "{request:#?}");
            let file = of_path.get(&request.path).expect("a file is at this path");
            let title = &file.current().expect("a version").title;
            assert!(pair[0].starts_with(&format!("# {} – ", format::visible(title))), "{}: {}", pair[0], file.id);
            deleted.insert(file.id.clone());
        }
        assert_eq!(deleted.len(), 20, "{list}");
        assert!(deleted.iter().all(|id| unreferenced.iter().any(|row| row["Attachment ID"] == *id)));
    }
    browser.stop().await;
}

async fn links_of_every_kind_of_site_lead_to_the_file_and_its_old_versions() {
    let browser = Browser::start().await;
    for (served_as, path_of) in KINDS {
        let audited = Audited::of(served_as()).await;
        let base = audited.server.site_url();
        let files = audited.files();
        for row in audited.rows("attachments.csv").iter().filter(|row| !row["Attachment Page Link"].is_empty()) {
            let file = &files[&row["Attachment ID"]];
            assert_eq!(row["API Delete Link"], base.clone() + &path_of(file));
            let screen = format!("{base}/pages/viewpageattachments.action?pageId={}", owner(file));
            assert_eq!(row["Attachment Page Link"], screen);
            let download = format!("{base}/download/attachments/{}/", owner(file));
            assert!(row["Download URL"].starts_with(&download), "{}", row["Download URL"]);
        }
        let old: Vec<Row> = audited.rows("versions.csv").into_iter().filter(|row| row["Current"] == "No").collect();
        assert!(old.len() > 100, "the sample has old versions");
        for row in &old {
            let file = &files[&row["Attachment ID"]];
            let number: u32 = row["Version"].parse().expect("a number");
            assert!(file.current().expect("a version").number != number && file.existing_version(number).is_some());
            let path = match served_as() {
                ServedAs::DataCenter { .. } => path_of(file),
                _ => format!("/rest/api/content/{}", file.id),
            };
            assert_eq!(row["API Delete Link"], format!("{base}{path}/version/{number}"));
        }
        let id = &old[0]["Attachment ID"];
        browser.open_at(&audited.page("attachments.html"), &format!("?open={id}")).await;
        let shown = "return [...document.querySelectorAll('#details .versions code')].map(code => code.textContent)";
        let mut shown = browser.texts(shown).await;
        let mut listed: Vec<String> =
            old.iter().filter(|row| row["Attachment ID"] == *id).map(|row| row["API Delete Link"].clone()).collect();
        shown.sort();
        listed.sort();
        assert_eq!(shown, listed);
    }
    browser.stop().await;
}
