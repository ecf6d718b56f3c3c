//! Random sites with known usages: every use is generated on purpose.

use chrono::{DateTime, TimeDelta, Utc};
use confluence_sim::Site;
use confluence_sim::site::{Attachment, AttachmentVersion, Container, ContentType, Status};
use confluence_storage_analyzer::audit::Usage;
use fastrand::Rng;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use test_support::known_site::TrueUsages;

const PUBLIC_BASE: &str = "https://acme.atlassian.net/wiki";

/// A page or blog post that has files.
struct Owner {
    index: usize,
    id: String,
    title: String,
    space: String,
    kind: ContentType,
    alive: bool,
}

struct SiteGenerator<'r> {
    random: &'r mut Rng,
    site: Site,
    truth: TrueUsages,
    owners: Vec<Owner>,
    /// Indexes in `site.contents` of comments and replies on contents outside the trash.
    comments: Vec<usize>,
    next_id: usize,
}

/// Generates a site and the usage of every file. With `indexed`, everything published is in the search index.
pub(crate) fn draw(random: &mut Rng, indexed: bool) -> (Site, TrueUsages) {
    let mut site = Site::new();
    site.public_base = Some(PUBLIC_BASE.to_owned());
    site.behaviour.page_cap = random.choice([None, Some(2), Some(5)]).unwrap();
    site.behaviour.comment_lists_with_replies = random.bool();
    let mut draw = SiteGenerator {
        random,
        site,
        truth: TrueUsages::new(),
        owners: Vec::new(),
        comments: Vec::new(),
        next_id: 1000,
    };
    draw.contents(indexed);
    for owner in 0..draw.owners.len() {
        for _ in 0..draw.random.u8(..4) {
            draw.file(owner);
        }
    }
    (draw.site, draw.truth)
}

impl SiteGenerator<'_> {
    fn id(&mut self) -> String {
        self.next_id += self.random.usize(1..=9);
        self.next_id.to_string()
    }

    fn contents(&mut self, indexed: bool) {
        for number in 0..self.random.usize(1..=3) {
            let key = ["ENG", "DOC", "~712020ada"][number];
            let archived = !indexed && number > 0 && self.random.u8(..100) < 30;
            let site = std::mem::take(&mut self.site).space(key, &format!("Space {number}"));
            self.site = site.with_space(|space| space.archived = archived);
            for page in 0..self.random.u8(2..=8) {
                self.owner(key, &format!("Page {page} of {number}"), ContentType::Page, indexed);
            }
            for post in 0..self.random.u8(..3) {
                self.owner(key, &format!("Post {post} of {number}"), ContentType::BlogPost, indexed);
            }
            let id = self.id();
            if !archived {
                self.site = std::mem::take(&mut self.site).template(&id, &format!("Template of {number}"), "<p>x</p>");
            }
        }
    }

    fn owner(&mut self, key: &str, title: &str, kind: ContentType, indexed: bool) {
        let id = self.id();
        let body = "<p>Grüße &amp; more</p>";
        let site = std::mem::take(&mut self.site);
        let site = if kind == ContentType::Page { site.page(&id, title, body) } else { site.post(&id, title, body) };
        let status = match self.random.u8(..10) {
            0 => Status::Trashed,
            1 if kind == ContentType::Page && !indexed => Status::Archived,
            _ => Status::Current,
        };
        self.site = site.with_content(|content| content.status = status);
        let alive = status != Status::Trashed;
        let index = self.site.contents.len() - 1;
        self.owners.push(Owner { index, id, title: title.to_owned(), space: key.to_owned(), kind, alive });
        for _ in 0..self.random.u8(..3) {
            let (comment, reply) = (self.id(), self.id());
            let site = std::mem::take(&mut self.site);
            let site = if self.random.u8(..100) < 60 {
                site.footer_comment(&comment, "<p>c</p>")
            } else {
                site.inline_comment(&comment, "<p>c</p>")
            };
            let with_reply = self.random.bool();
            self.site = if with_reply { site.reply(&reply, "<p>r</p>") } else { site };
            if alive {
                let last = self.site.contents.len() - 1;
                self.comments.push(last);
                self.comments.extend(with_reply.then(|| last - 1));
            }
        }
    }

    /// Adds a file with its versions and uses.
    fn file(&mut self, owner: usize) {
        let number = self.id();
        let id = format!("att{number}");
        let stem = self.random.choice(["bild", "Ümläut & co", "a b", "plan+x", "100%"]).unwrap();
        let ending = self.random.choice(["png", "pdf", "xlsx", "mov"]).unwrap();
        let name = format!("{stem} {number}.{ending}");
        let Owner { id: owner_id, kind, alive, .. } = &self.owners[owner];
        let container = if *kind == ContentType::Page {
            Container::Page(owner_id.clone())
        } else {
            Container::BlogPost(owner_id.clone())
        };
        let alive = *alive;
        self.site = std::mem::take(&mut self.site).attachment_of(container, &id, &name, 100 + self.next_id as u64);
        let old_name = (self.random.u8(..100) < 25).then(|| format!("old {name}"));
        if let Some(old) = &old_name {
            let file = self.site.attachments.last_mut().unwrap();
            old.clone_into(&mut file.versions[0].title);
            let later = file.versions[0].created_at - TimeDelta::days(3);
            file.upload(&name, 777, later, None);
        }
        let trashed = self.random.u8(..100) < 6;
        if trashed {
            self.site.attachments.last_mut().unwrap().status = Status::Trashed;
        }
        let mut usage = Usage::Unreferenced;
        for _ in 0..self.random.choice([0, 0, 1, 1, 1, 2, 3]).unwrap() {
            usage = usage.min(self.put_use(owner, &name, old_name.as_deref()));
        }
        self.decoy(&name);
        if trashed || !alive {
            usage = Usage::NotJudged;
        }
        self.truth.insert(id, usage);
    }

    /// Adds a use somewhere; returns the resulting usage.
    fn put_use(&mut self, owner: usize, name: &str, old_name: Option<&str>) -> Usage {
        let bare = |name: &str| format!(r#"<p><ac:image><ri:attachment ri:filename="{}"/></ac:image></p>"#, xml(name));
        let index = self.owners[owner].index;
        match self.random.u8(..9) {
            0 => self.write(index, &bare(name), Usage::Embedded),
            1 => {
                let link = format!(r#"<ac:link><ri:attachment ri:filename="{}"/></ac:link>"#, xml(name));
                self.write(index, &link, Usage::Linked)
            }
            2 => match old_name {
                Some(old) => self.write(index, &bare(old), Usage::Embedded),
                None => Usage::Unreferenced,
            },
            3 => self.header_image(index),
            4 => self.draft(index, &bare(name)),
            5 => {
                let url = self.download_url(owner, name);
                let reader = self.reader(owner);
                self.write(reader, &format!(r#"<p><a href="{}">x</a></p>"#, xml(&url)), Usage::LinkedElsewhere)
            }
            6 => {
                let text = self.qualified(owner, name);
                match self.random.choice(&mut self.site.templates) {
                    Some(template) => {
                        template.body.push_str(&text);
                        Usage::LinkedElsewhere
                    }
                    None => Usage::Unreferenced,
                }
            }
            7 if !self.comments.is_empty() => {
                let text = self.qualified(owner, name);
                let comment = *self.random.choice(&self.comments).unwrap();
                self.write(comment, &text, Usage::LinkedElsewhere)
            }
            _ => {
                let text = self.qualified(owner, name);
                let reader = self.reader(owner);
                self.write(reader, &text, Usage::LinkedElsewhere)
            }
        }
    }

    /// Appends to a body; uses in the trash do not count.
    fn write(&mut self, index: usize, text: &str, usage: Usage) -> Usage {
        let content = &mut self.site.contents[index];
        content.body.push_str(text);
        if content.status == Status::Trashed { Usage::Unreferenced } else { usage }
    }

    /// Picks a page or post other than the owner, whose own links count as another usage.
    fn reader(&mut self, owner: usize) -> usize {
        let mut chosen = self.random.usize(..self.owners.len());
        if chosen == owner {
            chosen = (chosen + 1) % self.owners.len();
        }
        self.owners[chosen].index
    }

    fn qualified(&self, owner: usize, name: &str) -> String {
        let Owner { title, space, kind, .. } = &self.owners[owner];
        let day = DateTime::<Utc>::from_timestamp(1_705_309_200, 0).unwrap().format("%Y/%m/%d");
        let container = match kind {
            ContentType::BlogPost => format!(
                r#"<ri:blog-post ri:space-key="{space}" ri:content-title="{}" ri:posting-day="{day}"/>"#,
                xml(title)
            ),
            _ => format!(r#"<ri:page ri:space-key="{space}" ri:content-title="{}"/>"#, xml(title)),
        };
        let name = xml(name);
        format!(r#"<p><ac:image><ri:attachment ri:filename="{name}">{container}</ri:attachment></ac:image></p>"#)
    }

    fn download_url(&self, owner: usize, name: &str) -> String {
        let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
        format!("{PUBLIC_BASE}/download/attachments/{}/{name}?version=1&api=v2", self.owners[owner].id)
    }

    fn header_image(&mut self, index: usize) -> Usage {
        let file_id = self.current().file_id.clone();
        let content = &mut self.site.contents[index];
        if content.properties.contains_key("cover-picture-id-published") {
            return Usage::Unreferenced;
        }
        let value = json!(json!({"id": file_id, "position": 10}).to_string());
        content.properties.insert("cover-picture-id-published".to_owned(), value);
        if content.status == Status::Trashed { Usage::Unreferenced } else { Usage::Embedded }
    }

    /// Adds a use in a draft, with a file uploaded after the last publication.
    fn draft(&mut self, index: usize, text: &str) -> Usage {
        let published = self.site.contents[index].modified_at();
        let uploaded = published + TimeDelta::hours(2);
        self.file_mut().versions.last_mut().unwrap().created_at = uploaded;
        let content = &mut self.site.contents[index];
        if content.status != Status::Current {
            return Usage::Unreferenced;
        }
        let (title, body) = (content.title.clone(), content.body.clone());
        let draft = content.draft.get_or_insert(confluence_sim::site::Draft {
            title,
            body,
            saved_at: uploaded + TimeDelta::hours(1),
        });
        draft.body.push_str(text);
        Usage::LinkedElsewhere
    }

    fn file_mut(&mut self) -> &mut Attachment {
        self.site.attachments.last_mut().unwrap()
    }

    fn current(&self) -> &AttachmentVersion {
        self.site.attachments.last().unwrap().current().unwrap()
    }

    /// Adds the name where it is not a use: in text and in code.
    fn decoy(&mut self, name: &str) {
        let owner = self.random.usize(..self.owners.len());
        let index = self.owners[owner].index;
        let name = xml(name);
        let text = match self.random.u8(..3) {
            0 => format!("<p>see {name}</p>"),
            1 => format!(
                r#"<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[<ri:attachment ri:filename="{name}"/>]]></ac:plain-text-body></ac:structured-macro>"#
            ),
            _ => return,
        };
        self.site.contents[index].body.push_str(&text);
    }
}

pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
