//! Builds small sites for tests of the real parser and audit.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, TimeZone, Utc};
use confluence_client::RequestCounts;
use confluence_storage_analyzer::audit::{Audit, AuditOptions, FileVerdict, analyze};
use confluence_storage_analyzer::inventory::coverage::{UnitCounts, UnitKind};
use confluence_storage_analyzer::inventory::site::AccountId;
use confluence_storage_analyzer::inventory::{
    Account, Attachment, AttachmentId, Container, Content, ContentId, ContentKind, Coverage, HeaderImage, Inventory,
    OldVersion, Scan, Space, SpaceId, SpaceKind, SpaceStatus, Status, VersionSizeCheck,
};
use storage_format::{OwnSite, parse};

pub const BASE_URL: &str = "https://acme.atlassian.net/wiki";

/// A site under construction.
pub struct TestSite {
    pub inventory: Inventory,
    site: OwnSite,
}

pub fn long_ago() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 7, 1, 12, 0, 0).unwrap()
}

pub fn scan_start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 1, 8, 0, 0).unwrap()
}

impl TestSite {
    pub fn new(base_url: &str, hosts: &[&str]) -> Self {
        let own_hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        let scan = Scan {
            program: "test".to_owned(),
            started_at: scan_start(),
            finished_at: scan_start(),
            base_url: base_url.to_owned(),
            own_hosts: own_hosts.clone(),
            former_hosts: Vec::new(),
            account: Account { id: AccountId::new("a1"), name: "Ann".to_owned() },
            visibility: None,
            counted: confluence_storage_analyzer::inventory::CountedItems::default(),
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
        let inventory = Inventory {
            scan,
            spaces: Vec::new(),
            contents: Vec::new(),
            attachments: Vec::new(),
            people: std::collections::BTreeMap::new(),
            owners: confluence_storage_analyzer::inventory::OwnerFacts::default(),
            coverage: Coverage { units: [(UnitKind::PageList, read)].into(), ..Coverage::default() },
            requests: RequestCounts::default(),
            plan: None,
            figures: confluence_storage_analyzer::inventory::SiteFigures::default(),
            files_elsewhere: confluence_storage_analyzer::inventory::ExcludedFiles::default(),
            doubtful: std::collections::BTreeSet::new(),
            outdated: std::collections::BTreeSet::new(),
        };
        Self { inventory, site: OwnSite::new(base_url, &own_hosts) }
    }

    /// Adds former hosts of the site, like `alias_hosts`. To be called before adding contents.
    #[must_use]
    pub fn formerly(mut self, hosts: &[&str]) -> Self {
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        self.inventory.scan.own_hosts.extend(hosts.iter().cloned());
        self.inventory.scan.former_hosts = hosts;
        self.site = self.inventory.scan.own_site();
        self
    }

    /// The default site, with the space `ENG`.
    pub fn acme() -> Self {
        let mut site = Self::new(BASE_URL, &[]);
        site.space("ENG");
        site
    }

    /// Returns the id of the space with this key; adds the space if it does not exist.
    pub fn space(&mut self, key: &str) -> SpaceId {
        if let Some(space) = self.inventory.spaces.iter().find(|space| space.key == key) {
            return space.id.clone();
        }
        let id = SpaceId::new(format!("9{:03}", self.inventory.spaces.len()));
        self.inventory.spaces.push(Space {
            id: id.clone(),
            key: key.to_owned(),
            name: format!("{key} space"),
            kind: SpaceKind::Global,
            status: SpaceStatus::Current,
            alias: None,
            homepage: None,
            webui: None,
            only_with_admin_key: false,
        });
        id
    }

    pub fn content(
        &mut self,
        kind: ContentKind,
        id: &str,
        space: Option<&str>,
        title: &str,
        body: &str,
    ) -> &mut Content {
        let space = space.map(|key| self.space(key));
        let body = parse(body, &self.site);
        self.inventory.contents.push(Content {
            id: ContentId::new(id),
            kind,
            status: Status::Current,
            title: title.to_owned(),
            space,
            container: None,
            parent: None,
            created_at: Some(long_ago()),
            author: None,
            owner: None,
            version: Some(1),
            modified_at: Some(long_ago()),
            last_editor: None,
            webui: None,
            body: Some(body),
            header_images: Vec::new(),
            live: false,
            only_with_admin_key: false,
            unread: None,
            details: None,
        });
        self.inventory.contents.last_mut().unwrap()
    }

    pub fn page(&mut self, id: &str, title: &str, body: &str) -> &mut Content {
        self.content(ContentKind::Page, id, Some("ENG"), title, body)
    }

    pub fn comment(&mut self, id: &str, on: &str, body: &str) -> &mut Content {
        let content = self.content(ContentKind::FooterComment, id, Some("ENG"), "", body);
        content.container = Some(ContentId::new(on));
        content
    }

    /// Adds an attachment to a page.
    pub fn file(&mut self, id: &str, page: &str, name: &str) -> &mut Attachment {
        self.inventory.attachments.push(Attachment {
            id: AttachmentId::new(id),
            file_id: None,
            title: name.to_owned(),
            status: Status::Current,
            container: Container::Page(ContentId::new(page)),
            media_type: None,
            size: Some(1_000),
            created_at: Some(long_ago()),
            version: 1,
            modified_at: Some(long_ago()),
            author: None,
            comment: None,
            download: None,
            webui: None,
            old_versions: Vec::new(),
            labels: Some(Vec::new()),
            unread: None,
            sha256: None,
            unsettled: None,
        });
        self.inventory.attachments.last_mut().unwrap()
    }

    pub fn audit(&self) -> Audit {
        analyze(&self.inventory, &AuditOptions::default())
    }

    /// Returns id and usage of each attachment.
    pub fn usages(&self) -> Vec<(String, &'static str)> {
        self.audit().files.iter().map(|file| (self.id_of(file), file.usage.as_str())).collect()
    }

    pub fn usage(&self, id: &str) -> &'static str {
        self.verdict(id).usage.as_str()
    }

    pub fn verdict(&self, id: &str) -> FileVerdict {
        let audit = self.audit();
        audit.files.into_iter().find(|file| self.id_of(file) == id).unwrap()
    }

    pub fn id_of(&self, file: &FileVerdict) -> String {
        self.inventory.attachments[file.attachment].id.to_string()
    }
}

pub fn old_version(number: u32, name: &str, size: u64) -> OldVersion {
    OldVersion {
        number,
        title: Some(name.to_owned()),
        size: Some(size),
        file_id: None,
        created_at: Some(long_ago()),
        author: None,
    }
}

/// A published header image.
pub fn header_image(id: &str) -> HeaderImage {
    HeaderImage { draft: false, id: id.to_owned() }
}
