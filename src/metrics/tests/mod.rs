//! What holds of the measures whatever was read; the values themselves are tested over real HTTP in `tests/it/snapshot`.

mod changes;
mod comparison;
mod findings;
mod links;
mod people;
mod properties;
mod read_back;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::columns::Frame;
use crate::inventory::coverage::{Coverage, UnitCounts, UnitKind};
use crate::inventory::site::AccountId;
use crate::inventory::{
    Account, Content, ContentId, ContentKind, Inventory, OldSizes, ParentKind, Scan, Space, SpaceId, SpaceKind,
    SpaceStatus, Status,
};
use storage_format::{Depth, OwnSite, TodoMarkers, parse_to};

const BASE: &str = "https://acme.atlassian.net/wiki";

/// A page of the space `KB`.
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
        unread: None,
        details: None,
    }
}

/// A site with the spaces `KB`, whose home page is 1, and `HR`.
pub(super) fn inventory(contents: Vec<Content>) -> Inventory {
    let scan = Scan {
        program: "test".to_owned(),
        started_at: DateTime::UNIX_EPOCH,
        finished_at: DateTime::UNIX_EPOCH,
        base_url: BASE.to_owned(),
        own_hosts: Vec::new(),
        former_hosts: Vec::new(),
        account: Account { id: AccountId::new("a1"), name: "Ann".to_owned() },
        reported_spaces: None,
        references_within: false,
        old_sizes: OldSizes::NothingToProve,
        app_content_types: Vec::new(),
        closing_walk: None,
    };
    let read = UnitCounts { planned: 1, ok: 1, ..UnitCounts::default() };
    Inventory {
        scan,
        spaces: vec![space("9", "KB", Some("1")), space("10", "HR", None)],
        contents,
        attachments: Vec::new(),
        people: BTreeMap::new(),
        coverage: Coverage { units: [(UnitKind::PageList, read)].into(), ..Coverage::default() },
        requests: confluence_client::RequestCounts::default(),
        plan: None,
        figures: crate::inventory::Figures::default(),
        files_elsewhere: crate::inventory::FilesElsewhere::default(),
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
    }
}

/// A current page with a body.
fn written(id: u32, body: &str) -> Content {
    let body = parse_to(body, &OwnSite::new(BASE, &[]), Depth::Measures(&TodoMarkers::default()));
    Content { body: Some(body), ..page(id, None, Status::Current) }
}

/// Noon of a Saturday.
fn now() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn ago(days: i64) -> DateTime<Utc> {
    now() - TimeDelta::days(days)
}

pub(super) fn frame() -> Frame {
    Frame { week: "2026-W47".to_owned(), taken_at: now(), run_id: "r".to_owned(), complete: true }
}
