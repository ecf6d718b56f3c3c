//! Sample inventory of three spaces with every usage and hostile names, and its audit. Everything is computed from
//! counters, so it is the same in every run.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use confluence_client::RequestKind;
use confluence_storage_analyzer::audit::{
    Audit, AuditOptions, DuplicateGroup, FileVerdict, Reason, ReasonKind, Usage, Use,
};
use confluence_storage_analyzer::inventory::coverage::{Gap, UnitCounts, UnitEnd, UnitKind};
use confluence_storage_analyzer::inventory::site::{Attachment, Content, Space};
use confluence_storage_analyzer::inventory::{
    Account, AccountId, AccountState, AttachmentId, Container, ContentId, ContentKind, Coverage, Inventory, OldVersion,
    OwnerFacts, Scan, SpaceId, SpaceKind, SpaceStatus, Status, VersionSizeCheck,
};
use confluence_storage_analyzer::report::RunFacts;
use storage_format::{Body, Certainty, Construct, Display};

use super::earlier_runs;

pub const BASE: &str = "https://acme.atlassian.net/wiki";

/// Hostile names.
pub const HOSTILE: [&str; 24] = [
    "<script>canary()</script>.png",
    "</script><script>canary()</script>",
    "<!--<script>",
    "]]><img src=x onerror=canary()>",
    "\"><svg onload=canary()>",
    "' onmouseover='canary()",
    "javascript:canary()",
    "`${canary()}`.js",
    "{{7*7}}.txt",
    "&lt;b&gt; &amp; &#x3c;.doc",
    "line\nbreak\r\nname.txt",
    "tab\tname.txt",
    "nul\0 and escape\u{1B}[2J\u{9B}name.txt",
    "sep\u{2028}arator\u{2029}.txt",
    "invoice\u{202E}gnp.exe",
    "=cmd|' /C calc'!A0.csv",
    "+1+1.csv",
    "-2.csv",
    "@SUM(A1).csv",
    "＝1＋1.csv",
    " =1.csv",
    "'=1.csv",
    "添付ファイル 設計書.xlsx",
    "تقرير المشروع النهائي.pdf",
];

pub fn moment() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_290_067, 0).expect("a moment")
}

pub fn run_facts() -> RunFacts {
    RunFacts {
        local_time: moment().fixed_offset(),
        exit_code: 0,
        stopped: None,
        quota_bytes: None,
        previous: Some(earlier_runs::previous_run()),
        thresholds: Vec::new(),
        options: vec![("Concurrency".to_owned(), "8".to_owned())],
        audit_history: Some(earlier_runs::audit_history()),
        audit: AuditOptions { keep_versions: 1, ..AuditOptions::default() },
    }
}

/// Returns the id of a file.
pub(crate) fn attachment_id(index: u64) -> AttachmentId {
    AttachmentId::new(format!("att{}", 70_000 + index))
}

fn space(id: &str, key: &str, name: &str) -> Space {
    Space {
        id: SpaceId::new(id),
        key: key.to_owned(),
        name: name.to_owned(),
        kind: SpaceKind::Global,
        status: SpaceStatus::Current,
        alias: None,
        homepage: None,
        webui: Some(format!("/spaces/{key}")),
        only_with_admin_key: false,
    }
}

fn content(id: u64, kind: ContentKind, status: Status, title: &str, space: &str) -> Content {
    Content {
        id: ContentId::new(id.to_string()),
        kind,
        status,
        title: title.to_owned(),
        space: Some(SpaceId::new(space)),
        container: None,
        parent: None,
        created_at: Some(moment() - TimeDelta::days(900)),
        author: Some(AccountId::new("a1")),
        owner: Some(AccountId::new("a2")),
        version: Some(3),
        modified_at: Some(moment() - TimeDelta::days(20)),
        last_editor: None,
        webui: (kind != ContentKind::Template).then(|| format!("/spaces/X/pages/{id}")),
        body: Some(Body::default()),
        header_images: Vec::new(),
        live: false,
        only_with_admin_key: false,
        unread: None,
        details: None,
    }
}

const SPACES: [(&str, &str, &str); 3] =
    [("11", "ENG", "Engineering"), ("12", "~alice", "Alice <b>& co</b>"), ("13", "日本", "日本チーム")];

pub fn space_name(key: &str) -> &'static str {
    SPACES.iter().find(|(_, known, _)| *known == key).map_or("", |(.., name)| name)
}

fn contents() -> Vec<Content> {
    let titles = ["Release Plan", "Architektur-Überblick", "<i>Roadmap</i> & goals", "議事録 2026", "تخطيط الإصدار"];
    let mut contents = Vec::new();
    for (number, (space, ..)) in SPACES.iter().enumerate() {
        for page in 0..10_u64 {
            let kind = if page == 9 { ContentKind::BlogPost } else { ContentKind::Page };
            let status = if page == 8 { Status::Archived } else { Status::Current };
            let title = format!("{} {page}", titles[(page as usize + number) % titles.len()]);
            contents.push(content(1000 + number as u64 * 100 + page, kind, status, &title, space));
        }
    }
    contents.push(content(5001, ContentKind::FooterComment, Status::Current, "Re: Release Plan 0", "11"));
    contents.push(content(5002, ContentKind::Template, Status::Current, "Meeting notes", "11"));
    contents.push(content(1000, ContentKind::Page, Status::Draft, "Release Plan 0", "11"));
    contents
}

fn name(index: u64) -> String {
    let hostile = usize::try_from(index).ok().and_then(|index| HOSTILE.get(index));
    hostile.map_or_else(
        || {
            let (stem, end) = [("screenshot", "png"), ("Angebot Größe", "pdf"), ("meeting", "mp4"), ("data", "xlsx")]
                [(index % 4) as usize];
            format!("{stem} {index}.{end}")
        },
        |name| (*name).to_owned(),
    )
}

fn old_versions(index: u64, count: u64, size: Option<u64>) -> Vec<OldVersion> {
    (1..=count)
        .map(|number| OldVersion {
            number: u32::try_from(number).expect("small"),
            title: Some(name(index)),
            size: size.map(|size| size * number / (count + 1)),
            file_id: None,
            created_at: Some(moment() - TimeDelta::days(500 - number.cast_signed())),
            author: Some(AccountId::new("a1")),
        })
        .collect()
}

fn attachment(index: u64) -> Attachment {
    let container = 1000 + (index % 3) * 100 + (index / 3) % 10;
    let container = ContentId::new(container.to_string());
    let is_post = (index / 3) % 10 == 9;
    let size = (index != 30).then_some((index * 7_919_351) % 48_000_000 + 120 * index);
    let old = if index.is_multiple_of(5) { index % 7 } else { 0 };
    let title = name(index);
    let types = ["image/png", "application/pdf", "video/mp4", "application/vnd.ms-excel"];
    let modified_at = moment() - TimeDelta::days((index * 13 % 1900).cast_signed())
        + TimeDelta::milliseconds((index * 7 % 1000).cast_signed());
    let download = format!(
        "/download/attachments/{container}/{}?version={}&modificationDate={}&cacheVersion=1&api=v2",
        url::form_urlencoded::byte_serialize(title.as_bytes()).collect::<String>().replace('+', "%20"),
        old + 1,
        modified_at.timestamp_millis()
    );
    Attachment {
        id: attachment_id(index),
        file_id: None,
        media_type: Some(types[(index % 4) as usize].to_owned()),
        title,
        status: if index % 29 == 7 { Status::Trashed } else { Status::Current },
        container: if is_post { Container::BlogPost(container) } else { Container::Page(container) },
        size,
        created_at: Some(moment() - TimeDelta::days(600)),
        version: u32::try_from(old + 1).expect("small"),
        modified_at: Some(modified_at),
        author: Some(AccountId::new(["a1", "a2", "a3"][(index % 3) as usize])),
        comment: None,
        download: Some(download),
        webui: None,
        old_versions: old_versions(index, old, size),
        labels: None,
        unread: None,
        sha256: None,
        unsettled: None,
    }
}

fn used(
    content: usize,
    on_owner: bool,
    construct: Construct,
    name: &str,
    display: Display,
    certainty: Certainty,
) -> Use {
    Use { content, on_owner, construct, name: name.to_owned(), display, certainty }
}

fn verdict(index: usize, file: &Attachment) -> FileVerdict {
    let owner = (index % 3) * 10 + (index / 3) % 10;
    let (shown, linked, listed) = (Display::Shown, Display::Linked, Display::Listed);
    let (proven, possible) = (Certainty::Proven, Certainty::Possible);
    let name = file.title.as_str();
    let (usage, uses, reasons): (Usage, Vec<Use>, Vec<Reason>) = if file.status.is_trash() {
        (Usage::NotJudged, Vec::new(), vec![ReasonKind::InTrash.because("in the trash")])
    } else {
        match index % 6 {
            0 => (Usage::Embedded, vec![used(owner, true, Construct::Image, name, shown, proven)], Vec::new()),
            1 => (
                Usage::Linked,
                vec![
                    used(owner, true, Construct::Link, "old name.png", linked, proven),
                    used(30, false, Construct::Image, name, shown, proven),
                ],
                Vec::new(),
            ),
            2 => {
                let others = (0..5).map(|other| {
                    used(
                        (owner + other * 7 + 1) % 30,
                        false,
                        Construct::Macro("view-file".into()),
                        name,
                        shown,
                        possible,
                    )
                });
                let draft = used(32, false, Construct::Url, name, linked, proven);
                (Usage::LinkedElsewhere, others.chain([draft]).collect(), Vec::new())
            }
            3 => (
                Usage::Listed,
                vec![used(owner, true, Construct::Macro("attachments".into()), name, listed, proven)],
                Vec::new(),
            ),
            4 => (
                Usage::Undetermined,
                Vec::new(),
                vec![ReasonKind::Incomplete.because("page 4711 \"Old plan\" could not be read in full")],
            ),
            _ => (Usage::Unreferenced, Vec::new(), Vec::new()),
        }
    };
    FileVerdict {
        owner_in_trash: false,
        attachment: index,
        certainty: uses.iter().map(|used| used.certainty).min(),
        usage,
        uses,
        reasons,
        protected: (index % 60 == 5).then(|| "label keep".to_owned()),
        kept_by_app: None,
        duplicate_group: None,
        space: Some(SpaceId::new(SPACES[index % 3].0)),
        reported: true,
    }
}

/// Inventory and audit of `files` files; everything was read.
pub fn complete(files: u64) -> (Inventory, Audit) {
    let spaces: Vec<Space> = SPACES.iter().map(|(id, key, name)| space(id, key, name)).collect();
    let attachments: Vec<Attachment> = (0..files).map(attachment).collect();
    let mut verdicts: Vec<FileVerdict> =
        attachments.iter().enumerate().map(|(index, file)| verdict(index, file)).collect();
    let mut duplicates = Vec::new();
    if verdicts.len() > 44 {
        duplicates.push(DuplicateGroup {
            files: vec![40, 41, 42, 44],
            size: attachments[40].size.unwrap_or(0),
            verified: None,
        });
        for index in [40, 41, 42, 44] {
            verdicts[index].duplicate_group = Some(1);
        }
    }
    let audit = Audit {
        files: verdicts,
        duplicates,
        unknown_hosts: None,
        notices: vec!["2 pages have a space-attachments macro, which does not count as a use".to_owned()],
        complete: true,
        keep_versions: 1,
    };
    (inventory(spaces, attachments), audit)
}

fn inventory(spaces: Vec<Space>, attachments: Vec<Attachment>) -> Inventory {
    let people = [("a1", "Alice Example"), ("a2", "Müller, Jürgen"), ("a3", "=HYPERLINK(1)")];
    let counts = UnitCounts { planned: 1204, ok: 1200, gone: 4, ..UnitCounts::default() };
    let gap = Gap { kind: UnitKind::Body, subject: "page 1900 \"Deleted\"".to_owned(), end: UnitEnd::Gone };
    Inventory {
        scan: Scan {
            references_within: false,
            program: "0.1.0".to_owned(),
            started_at: moment(),
            finished_at: moment() + TimeDelta::minutes(12),
            base_url: BASE.to_owned(),
            own_hosts: vec!["acme.atlassian.net".to_owned()],
            former_hosts: Vec::new(),
            account: Account { id: AccountId::new("a1"), name: "Alice Example".to_owned() },
            visibility: None,
            counted: confluence_storage_analyzer::inventory::CountedItems::default(),
            listed_without_key: false,
            reported_spaces: None,
            old_sizes: VersionSizeCheck::NothingToProve,
            custom_content_types: Vec::new(),
            deployment: confluence_client::Deployment::Cloud,
            unread_trash: Vec::new(),
            site_pages: None,
            retention_spaces: Vec::new(),
            final_pass: None,
        },
        spaces,
        contents: contents(),
        attachments,
        owners: OwnerFacts {
            accounts: ["a1", "a2"].map(|id| (AccountId::new(id), AccountState::Active)).into(),
            ..OwnerFacts::default()
        },
        people: people.iter().map(|(id, name)| (AccountId::new(*id), (*name).to_owned())).collect(),
        coverage: Coverage { units: BTreeMap::from([(UnitKind::Body, counts)]), gaps: vec![gap], warnings: Vec::new() },
        requests: [(RequestKind::Pages, 12), (RequestKind::Attachments, 31)].into_iter().collect(),
        plan: None,
        figures: confluence_storage_analyzer::inventory::SiteFigures::default(),
        files_elsewhere: confluence_storage_analyzer::inventory::ExcludedFiles::default(),
        doubtful: std::collections::BTreeSet::new(),
        outdated: std::collections::BTreeSet::new(),
    }
}

/// The same site with one body that could not be read. The verdicts stay the same, to test that the report of an
/// incomplete run does not show verdicts that only a complete run may give.
pub fn incomplete(files: u64) -> (Inventory, Audit) {
    let (mut inventory, mut audit) = complete(files);
    let counts = UnitCounts { planned: 1204, ok: 1203, failed: 1, ..UnitCounts::default() };
    inventory.coverage.units.insert(UnitKind::Body, counts);
    let end = UnitEnd::Failed { reason: "the server answered 503 six times".to_owned() };
    let gap = Gap { kind: UnitKind::Body, subject: "page 1003 \"Release Plan\"".to_owned(), end };
    inventory.coverage.gaps = vec![gap];
    audit.complete = false;
    (inventory, audit)
}

/// A complete run whose user accepts two contents as unread.
pub fn with_accepted_content(files: u64) -> (Inventory, Audit) {
    let (mut inventory, audit) = complete(files);
    inventory.coverage.gaps = ["1003@7", "1004@2"]
        .map(|unread| {
            let end = UnitEnd::Accepted { unread: unread.parse().expect("a version"), reason: "no body".to_owned() };
            Gap { kind: UnitKind::Body, subject: format!("page {unread}"), end }
        })
        .into();
    (inventory, audit)
}
