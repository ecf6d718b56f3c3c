//! Builder methods for small sites. Each works on the item added last, so a site reads like an outline.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::credentials::AcceptedCredentials;
use super::readership::{Readership, Restrictions};
use super::site::{
    Attachment, AttachmentVersion, Behaviour, Container, Content, ContentType, ContentVersion, Draft, Person, Site,
    Space, Status, Template,
};
use super::workflow::Workflow;

/// Creation time of everything a builder adds, unless set otherwise: 2024-01-15 09:00 UTC.
pub(crate) const DEFAULT_TIME: DateTime<Utc> = match DateTime::from_timestamp(1_705_309_200, 0) {
    Some(time) => time,
    None => DateTime::UNIX_EPOCH,
};
/// Id of the account whose token the server accepts.
const ACCOUNT_ID: &str = "712020:00000000-0000-4000-8000-000000000001";

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}

impl Site {
    /// An empty site with one account: `admin@example.com`.
    pub fn new() -> Self {
        Self {
            account: Person { account_id: ACCOUNT_ID.to_owned(), name: "Ada Admin".to_owned() },
            email: "admin@example.com".to_owned(),
            token: "demo-token".to_owned(),
            credentials: AcceptedCredentials::default(),
            admin_key: None,
            public_base: None,
            people: Vec::new(),
            account_statuses: std::collections::BTreeMap::new(),
            apps: std::collections::BTreeSet::new(),
            space_administrators: std::collections::BTreeMap::new(),
            spaces: Vec::new(),
            contents: Vec::new(),
            templates: Vec::new(),
            attachments: Vec::new(),
            behaviour: Behaviour::default(),
            workflow: Workflow::default(),
        }
    }

    /// Adds a person.
    #[must_use]
    pub fn person(mut self, account_id: &str, name: &str) -> Self {
        self.people.push(Person { account_id: account_id.to_owned(), name: name.to_owned() });
        self
    }

    /// Adds a current space; keys that begin with `~` are personal.
    #[must_use]
    pub fn space(mut self, key: &str, name: &str) -> Self {
        let kind = if key.starts_with('~') { "personal" } else { "global" };
        self.spaces.push(Space {
            id: (65_538 + 131_072 * self.spaces.len()).to_string(),
            key: key.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            archived: false,
            homepage: None,
            author: self.account.account_id.clone(),
            created_at: DEFAULT_TIME,
            public: false,
            alias: None,
            hidden: false,
            retention: None,
        });
        self
    }

    /// Changes the space added last.
    #[must_use]
    pub fn with_space(mut self, change: impl FnOnce(&mut Space)) -> Self {
        if let Some(space) = self.spaces.last_mut() {
            change(space);
        }
        self
    }

    /// Adds a current page to the space added last.
    #[must_use]
    pub fn page(self, id: &str, title: &str, body: &str) -> Self {
        let content = self.new_content(ContentType::Page, id, title, body);
        self.content(content)
    }

    /// Adds a current blog post to the space added last.
    #[must_use]
    pub fn post(self, id: &str, title: &str, body: &str) -> Self {
        let content = self.new_content(ContentType::BlogPost, id, title, body);
        self.content(content)
    }

    /// Adds a footer comment to the page or post added last.
    #[must_use]
    pub fn footer_comment(self, id: &str, body: &str) -> Self {
        self.comment(ContentType::FooterComment, id, body)
    }

    /// Adds an open inline comment to the page or post added last.
    #[must_use]
    pub fn inline_comment(self, id: &str, body: &str) -> Self {
        self.comment(ContentType::InlineComment, id, body)
            .with_content(|comment| comment.resolution = Some("open".to_owned()))
    }

    /// Adds a reply to the comment added last.
    #[must_use]
    pub fn reply(self, id: &str, body: &str) -> Self {
        let Some(parent) = self.contents.iter().rfind(|content| content.kind.is_comment()).cloned() else {
            return self;
        };
        let mut reply = self.new_content(parent.kind, id, &parent.title, body);
        reply.space_id = parent.space_id;
        reply.container = parent.container;
        reply.parent = Some((parent.id, parent.kind));
        self.content(reply)
    }

    /// Adds a folder to the space added last.
    #[must_use]
    pub fn folder(self, id: &str, title: &str) -> Self {
        let content = self.new_content(ContentType::Folder, id, title, "");
        self.content(content)
    }

    /// Adds any content as it is.
    #[must_use]
    pub fn content(mut self, content: Content) -> Self {
        self.contents.push(content);
        self
    }

    /// Changes the content added last.
    #[must_use]
    pub fn with_content(mut self, change: impl FnOnce(&mut Content)) -> Self {
        if let Some(content) = self.contents.last_mut() {
            change(content);
        }
        self
    }

    /// Sets a content property of the content added last.
    #[must_use]
    pub fn property(self, key: &str, value: Value) -> Self {
        self.with_content(|content| {
            content.properties.insert(key.to_owned(), value);
        })
    }

    /// Adds an unpublished draft to the content added last.
    #[must_use]
    pub fn draft(self, body: &str, saved_at: DateTime<Utc>) -> Self {
        self.with_content(|content| {
            content.draft = Some(Draft { title: content.title.clone(), body: body.to_owned(), saved_at });
        })
    }

    /// Adds a template to the space added last, or a global one if there is no space yet.
    #[must_use]
    pub fn template(mut self, id: &str, name: &str, body: &str) -> Self {
        self.templates.push(Template {
            id: id.to_owned(),
            name: name.to_owned(),
            space_key: self.spaces.last().map(|space| space.key.clone()),
            body: body.to_owned(),
            blueprint: false,
        });
        self
    }

    /// Adds a file of one version to the page or post added last.
    #[must_use]
    pub fn attachment(self, id: &str, name: &str, size: u64) -> Self {
        let container =
            self.contents.iter().rfind(|content| content.kind.is_page_or_post()).map_or(Container::None, |owner| {
                match owner.kind {
                    ContentType::BlogPost => Container::BlogPost(owner.id.clone()),
                    _ => Container::Page(owner.id.clone()),
                }
            });
        self.attachment_of(container, id, name, size)
    }

    /// Adds a file of one version to any container.
    #[must_use]
    pub fn attachment_of(mut self, container: Container, id: &str, name: &str, size: u64) -> Self {
        let visible_without_container =
            container.id().is_none_or(|owner| !self.contents.iter().any(|content| content.id == owner));
        let author = self.account.account_id.clone();
        self.attachments.push(Attachment {
            id: id.to_owned(),
            status: Status::Current,
            container,
            media_type: media_type_of(name).to_owned(),
            comment: String::new(),
            labels: Vec::new(),
            versions: vec![AttachmentVersion::new(id, 1, name, size, DEFAULT_TIME, &author)],
            visible_without_container,
        });
        self
    }

    /// Uploads a new version of the file added last; the current version becomes an old one.
    #[must_use]
    pub fn version(self, name: &str, size: u64, created_at: DateTime<Utc>) -> Self {
        self.with_attachment(|attachment| attachment.upload(name, size, created_at, None))
    }

    /// Changes the file added last.
    #[must_use]
    pub fn with_attachment(mut self, change: impl FnOnce(&mut Attachment)) -> Self {
        if let Some(attachment) = self.attachments.last_mut() {
            change(attachment);
        }
        self
    }

    /// Returns a new content of the space added last, to be changed and added by the caller.
    pub fn new_content(&self, kind: ContentType, id: &str, title: &str, body: &str) -> Content {
        let author = self.account.account_id.clone();
        Content {
            id: id.to_owned(),
            kind,
            status: Status::Current,
            title: title.to_owned(),
            space_id: self.spaces.last().map_or_else(String::new, |space| space.id.clone()),
            parent: None,
            container: None,
            owner: (kind == ContentType::Page).then(|| author.clone()),
            last_owner: None,
            created_at: DEFAULT_TIME,
            versions: vec![ContentVersion::new(1, DEFAULT_TIME, &author)],
            author,
            body: body.to_owned(),
            document: None,
            earlier_bodies: std::collections::BTreeMap::new(),
            live: false,
            draft: None,
            labels: Vec::new(),
            properties: std::collections::BTreeMap::new(),
            readers: Readership::default(),
            restrictions: Restrictions::default(),
            resolution: None,
            custom_type: None,
            hidden: false,
        }
    }

    fn comment(self, kind: ContentType, id: &str, body: &str) -> Self {
        let owner = self.contents.iter().rfind(|content| content.kind.is_page_or_post()).cloned();
        let title = owner.as_ref().map_or_else(String::new, |owner| format!("Re: {}", owner.title));
        let mut comment = self.new_content(kind, id, &title, body);
        if let Some(owner) = owner {
            comment.space_id = owner.space_id;
            comment.container = Some(owner.id);
        }
        self.content(comment)
    }
}

impl ContentVersion {
    /// Creates a version without a comment.
    pub fn new(number: u32, created_at: DateTime<Utc>, author: &str) -> Self {
        Self { number, created_at, author: author.to_owned(), message: String::new(), minor: false }
    }
}

impl AttachmentVersion {
    /// Creates a version whose file id and bytes are derived from the attachment id and the number.
    pub fn new(
        attachment_id: &str,
        number: u32,
        name: &str,
        size: u64,
        created_at: DateTime<Utc>,
        author: &str,
    ) -> Self {
        let seed = hash(&format!("{attachment_id}#{number}"));
        Self {
            number,
            title: name.to_owned(),
            size,
            created_at,
            author: author.to_owned(),
            file_id: uuid_of(seed),
            seed,
            deleted: false,
        }
    }
}

impl Attachment {
    /// Adds a version, by the author of the previous version if none is given.
    pub fn upload(&mut self, name: &str, size: u64, created_at: DateTime<Utc>, author: Option<&str>) {
        let number = self.current().map_or(1, |current| current.number + 1);
        let before = self.current().map(|current| current.author.clone()).unwrap_or_default();
        let author = author.map_or(before, str::to_owned);
        let version = AttachmentVersion::new(&self.id, number, name, size, created_at, &author);
        self.versions.push(version);
    }
}

/// FNV-1a hash: stable across platforms and Rust versions, unlike the standard hasher.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Derives a UUID in the format of media file ids.
fn uuid_of(seed: u64) -> String {
    let low = seed.rotate_left(29).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        seed >> 32,
        (seed >> 16) & 0xffff,
        seed & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

/// The media type Confluence derives from a file name.
pub(crate) fn media_type_of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "zip" => "application/zip",
        "csv" => "text/csv",
        "txt" | "log" => "text/plain",
        "json" => "application/json",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "drawio" => "application/vnd.jgraph.mxfile",
        _ => "application/octet-stream",
    }
}
