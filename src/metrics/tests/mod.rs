//! Unit tests of the metrics on inventories built by hand. The values themselves are tested over HTTP in
//! `tests/it/snapshot`.

mod changes;
mod comparison;
mod findings;
mod links;
mod people;
mod properties;
mod round_trip;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::columns::SnapshotFrame;
use crate::inventory::coverage::{Coverage, UnitCounts, UnitKind};
use crate::inventory::site::AccountId;
use crate::inventory::{
    Account, Content, ContentId, ContentKind, Inventory, ParentKind, Scan, Space, SpaceId, SpaceKind, SpaceStatus,
    Status, VersionSizeCheck,
};
use storage_format::{OwnSite, ParseDepth, TodoMarkers, parse_with_depth};

const BASE: &str = "https://acme.atlassian.net/wiki";

/// Returns a page of the space `KB`.
pub(super) fn page(id: u32, parent: Option<(u32, &str)>, status: Status) -> Content {
    Content {
        id: ContentId::new(id.to_string()),
        kind: ContentKind::Page,
        status,
        title: format!("T{id}"),
        space: Some(SpaceId::new("9")),
        container: None,
        parent: parent.map(|(id, kind)| (ContentId::new(id.to_string()), ParentKind::from(kind.to_owned()))),
        created_at: None,
        author: None,
        owner: None,
        version: Some(1),
        modified_at: None,
        last_editor: None,
        webui: None,
        body: None,
        header_images: Vec::new(),
        live: false,
        only_with_admin_key: false,
        unread: None,
        details: None,
    }
}

/// Returns a site with the spaces `KB`, whose home page is 1, and `HR`.
pub(super) fn inventory(contents: Vec<Content>) -> Inventory {
    let scan = Scan {
        program: "test".to_owned(),
        started_at: DateTime::UNIX_EPOCH,
        finished_at: DateTime::UNIX_EPOCH,
        base_url: BASE.to_owned(),
        own_hosts: Vec::new(),
        former_hosts: Vec::new(),
        account: Account { id: AccountId::new("a1"), name: "Ann".to_owned() },
        visibility: None,
        counted: crate::inventory::CountedItems::default(),
        listed_without_key: false,
        reported_spaces: None,
        references_within: false,
        old_sizes: VersionSizeCheck::NothingToProve,
        custom_content_types: Vec::new(),
        deployment: confluence_client::Deployment::Cloud,
        unread_trash: Vec::new(),
        site_pages: None,
        retention_spaces: Vec::new(),
        final_pass: None,
    };
    let read = UnitCounts { planned: 1, ok: 1, ..UnitCounts::default() };
    Inventory {
        scan,
        spaces: vec![space("9", "KB", Some("1")), space("10", "HR", None)],
        contents,
        attachments: Vec::new(),
        owners: crate::inventory::OwnerFacts::default(),
        people: BTreeMap::new(),
        coverage: Coverage { units: [(UnitKind::PageList, read)].into(), ..Coverage::default() },
        requests: confluence_client::RequestCounts::default(),
        plan: None,
        figures: crate::inventory::SiteFigures::default(),
        files_elsewhere: crate::inventory::ExcludedFiles::default(),
        doubtful: std::collections::BTreeSet::new(),
        outdated: std::collections::BTreeSet::new(),
    }
}

fn space(id: &str, key: &str, homepage: Option<&str>) -> Space {
    Space {
        id: SpaceId::new(id),
        key: key.to_owned(),
        alias: None,
        name: key.to_owned(),
        kind: SpaceKind::Global,
        status: SpaceStatus::Current,
        homepage: homepage.map(ContentId::new),
        webui: None,
        only_with_admin_key: false,
    }
}

/// Returns a current page with a body.
fn written(id: u32, body: &str) -> Content {
    let body = parse_with_depth(body, &OwnSite::new(BASE, &[]), ParseDepth::Measures(&TodoMarkers::default()));
    Content { body: Some(body), ..page(id, None, Status::Current) }
}

/// Saturday noon.
fn now() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn ago(days: i64) -> DateTime<Utc> {
    now() - TimeDelta::days(days)
}

pub(super) fn frame() -> SnapshotFrame {
    SnapshotFrame { week: "2026-W47".to_owned(), taken_at: now(), run_id: "r".to_owned(), complete: true }
}
