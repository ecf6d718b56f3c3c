//! Builder of the sample: pages from outlines, files with their known usage, ids and times from one random seed.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use super::outlines::PEOPLE_LIST;
use super::{KnownUsage, SampleUsage};
use crate::builder::media_type_of;
use crate::site::{
    Attachment, AttachmentVersion, Container, Content, ContentType, ContentVersion, Site, Space, Status,
};

/// Deterministic pseudo-random numbers.
#[derive(Debug, Clone)]
pub(super) struct SampleRng(u64);

impl SampleRng {
    /// Creates a generator from a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number below `bound`; 0 for a bound of 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).checked_rem(bound).unwrap_or_default()
    }
}

/// The sample while it is built.
pub(super) struct Writer {
    pub(super) site: Site,
    pub(super) expected: BTreeMap<String, KnownUsage>,
    pub(super) rng: SampleRng,
    pub(super) now: DateTime<Utc>,
    /// Contents that get no generated files, because a macro on them would change the usage of these files.
    pub(super) closed: Vec<String>,
    next_content: u64,
    next_file: u64,
}

impl Writer {
    /// Creates an empty site. Times are truncated to seconds.
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        let now = now.duration_trunc(TimeDelta::seconds(1)).unwrap_or(now);
        let mut site = Site::new();
        for (id, name) in PEOPLE_LIST {
            site = site.person(id, name);
        }
        Self {
            site,
            expected: BTreeMap::new(),
            rng: SampleRng::new(20_260_101),
            now,
            closed: Vec::new(),
            next_content: 1_310_721,
            next_file: 5_242_881,
        }
    }

    /// Returns the account id of a random employee.
    pub(super) fn random_person(&mut self) -> String {
        let at = self.rng.below(PEOPLE_LIST.len() as u64);
        PEOPLE_LIST.get(usize::try_from(at).unwrap_or_default()).map_or_else(String::new, |person| person.0.to_owned())
    }

    /// Returns a time `days` days and some hours ago.
    pub(super) fn days_ago(&mut self, days: u64) -> DateTime<Utc> {
        let minutes = days * 1440 + 120 + self.rng.below(600);
        self.now - TimeDelta::minutes(i64::try_from(minutes).unwrap_or_default())
    }

    fn content_id(&mut self) -> String {
        self.next_content += 1 + self.rng.below(900);
        self.next_content.to_string()
    }

    /// Adds a space with its page tree; the first page is the home page.
    pub(super) fn space(&mut self, key: &str, name: &str, outline: &str) {
        let created_at = self.days_ago(1900);
        let author = self.random_person();
        self.site.spaces.push(Space {
            id: (65_538 + 131_072 * self.site.spaces.len()).to_string(),
            key: key.to_owned(),
            name: name.to_owned(),
            kind: if key.starts_with('~') { "personal" } else { "global" }.to_owned(),
            archived: key == "CLASSIC",
            homepage: None,
            author,
            created_at,
            public: key == "SUP",
            alias: None,
            hidden: false,
            retention: None,
        });
        let mut path: Vec<(String, ContentType)> = Vec::new();
        for line in outline.lines().filter(|line| !line.is_empty()) {
            let title = line.trim_start();
            path.truncate((line.len() - title.len()) / 2);
            let parent = path.last().cloned();
            let member = self.tree_member(title, parent);
            path.push(member);
        }
    }

    fn tree_member(&mut self, line: &str, parent: Option<(String, ContentType)>) -> (String, ContentType) {
        let (title, mark) = line.split_once(" [").unwrap_or((line, ""));
        let kind = if mark == "folder]" { ContentType::Folder } else { ContentType::Page };
        let id = self.content(kind, title, 300 + 900);
        if let Some(content) = self.site.contents.last_mut() {
            content.parent = parent;
            content.status = match mark {
                "archived]" => Status::Archived,
                "trashed]" => Status::Trashed,
                _ => Status::Current,
            };
        }
        if let Some(space) = self.site.spaces.last_mut() {
            space.homepage.get_or_insert_with(|| id.clone());
        }
        (id, kind)
    }

    /// Adds a content with some versions to the space added last, created at most `max_days` plus 30 days ago.
    pub(super) fn content(&mut self, kind: ContentType, title: &str, max_days: u64) -> String {
        let id = self.content_id();
        let mut content = self.site.new_content(kind, &id, title, "");
        let age = 30 + self.rng.below(max_days);
        content.author = self.random_person();
        content.owner = (kind == ContentType::Page).then(|| content.author.clone());
        content.created_at = self.days_ago(age);
        let count = if kind.is_page_or_post() { 1 + self.rng.below(12) } else { 1 };
        content.versions = (0..count)
            .map(|number| {
                let at = self.days_ago(age - (age - 2) * number / count);
                let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
                ContentVersion::new(number, at.max(content.created_at), &self.random_person())
            })
            .collect();
        content.versions.sort_by_key(|version| version.created_at);
        for (number, version) in (1..).zip(&mut content.versions) {
            version.number = number;
        }
        self.site.contents.push(content);
        id
    }

    /// Adds a page below another one, in the same space, and returns its id.
    pub(super) fn page_below(&mut self, parent: &str, title: &str, body: &str) -> String {
        let parent = self.id_of(parent);
        let space = self.site.contents.iter().find(|content| content.id == parent).map(|page| page.space_id.clone());
        let id = self.content(ContentType::Page, title, 900);
        self.change(&id, |page| {
            page.space_id = space.unwrap_or_default();
            page.parent = Some((parent, ContentType::Page));
            body.clone_into(&mut page.body);
        });
        id
    }

    /// Returns the id of a page or post by title. Titles in the sample are unique.
    pub(super) fn id_of(&self, title: &str) -> String {
        let found = self.site.contents.iter().find(|content| content.title == title);
        debug_assert!(found.is_some(), "no content has the title {title}");
        found.map_or_else(String::new, |content| content.id.clone())
    }

    /// Changes a content by id.
    pub(super) fn change(&mut self, id: &str, change: impl FnOnce(&mut Content)) {
        if let Some(content) = self.site.contents.iter_mut().find(|content| content.id == id) {
            change(content);
        }
    }

    /// Appends to the body of a content.
    pub(super) fn write(&mut self, id: &str, markup: &str) {
        self.change(id, |content| content.body.push_str(markup));
    }

    /// Appends to the body of a content and excludes it from generated files.
    pub(super) fn write_closed(&mut self, id: &str, markup: &str) {
        self.write(id, markup);
        self.closed.push(id.to_owned());
    }

    /// Adds a comment (or a reply, if `parent` is given) and returns its id.
    pub(super) fn comment(&mut self, kind: ContentType, on: &str, parent: Option<&str>, body: &str) -> String {
        let Some(owner) = self.site.contents.iter().find(|content| content.id == on).cloned() else {
            return String::new();
        };
        let id = self.content(kind, &format!("Re: {}", owner.title), 200);
        self.change(&id, |comment| {
            comment.space_id = owner.space_id;
            comment.container = Some(owner.id);
            comment.parent = parent.map(|parent| (parent.to_owned(), kind));
            comment.body.push_str(body);
            comment.resolution = (kind == ContentType::InlineComment).then(|| "open".to_owned());
        });
        id
    }

    /// Adds a file with one version to a page or post, with its known usage and the reason for it.
    pub(super) fn file(&mut self, owner: &str, name: &str, size: u64, usage: SampleUsage, why: &'static str) -> String {
        let (container, created_at) = match self.site.contents.iter().find(|content| content.id == owner) {
            Some(content) if content.kind == ContentType::BlogPost => {
                (Container::BlogPost(owner.into()), content.created_at)
            }
            Some(content) => (Container::Page(owner.into()), content.created_at),
            None => (Container::Page(owner.into()), self.days_ago(90)),
        };
        self.file_of(container, created_at, name, size, usage, why)
    }

    /// Adds a file with one version to any container.
    pub(super) fn file_of(
        &mut self,
        container: Container,
        not_before: DateTime<Utc>,
        name: &str,
        size: u64,
        usage: SampleUsage,
        why: &'static str,
    ) -> String {
        self.next_file += 1 + self.rng.below(400);
        let id = format!("att{}", self.next_file);
        let latest = self.now - TimeDelta::hours(2);
        let span = u64::try_from((latest - not_before).num_minutes()).unwrap_or_default();
        let created_at = not_before + TimeDelta::minutes(i64::try_from(self.rng.below(span / 2)).unwrap_or_default());
        let author = self.random_person();
        let owned = container.id().is_some_and(|id| self.site.contents.iter().any(|content| content.id == id));
        self.site.attachments.push(Attachment {
            id: id.clone(),
            status: Status::Current,
            media_type: media_type_of(name).to_owned(),
            container,
            comment: String::new(),
            labels: Vec::new(),
            versions: vec![AttachmentVersion::new(&id, 1, name, size, created_at, &author)],
            visible_without_container: !owned,
        });
        self.expected.insert(id.clone(), KnownUsage { usage, why });
        id
    }

    /// Adds a file and shows it as an image on its page.
    pub(super) fn picture(&mut self, owner: &str, name: &str, size: u64) -> String {
        self.write(owner, &super::markup::image(name));
        self.file(owner, name, size, SampleUsage::Embedded, "image on its own page")
    }

    /// Changes a file by id.
    pub(super) fn change_file(&mut self, id: &str, change: impl FnOnce(&mut Attachment)) {
        if let Some(file) = self.site.attachments.iter_mut().find(|file| file.id == id) {
            change(file);
        }
    }

    /// Adds versions to a file up to `count`: older ones are smaller, and they are spread over the time since the first
    /// upload.
    pub(super) fn versions(&mut self, id: &str, count: u32) {
        let latest = self.now - TimeDelta::hours(2);
        let author = self.random_person();
        self.change_file(id, |file| {
            let Some(first) = file.current().cloned() else { return };
            let step = (latest - first.created_at) / i32::try_from(count + 1).unwrap_or(i32::MAX);
            for number in 1..count {
                let size = first.size + first.size / 40 * u64::from(number);
                let at = first.created_at + step * i32::try_from(number).unwrap_or(i32::MAX);
                let at = at.duration_trunc(TimeDelta::seconds(1)).unwrap_or(at);
                file.upload(&first.title, size, at, Some(&author));
            }
        });
    }

    /// Turns a file into a byte-for-byte copy of the current version of another one.
    pub(super) fn copy_bytes(&mut self, original: &str, copy: &str) {
        let source =
            self.site.attachments.iter().find(|file| file.id == original).and_then(|file| file.current()).cloned();
        if let Some(source) = source {
            self.change_file(copy, |file| {
                if let Some(version) = file.versions.last_mut() {
                    version.seed = source.seed;
                    version.size = source.size;
                }
            });
        }
    }
}
