//! The table of changes: one row per kind of change.

use chrono::{DateTime, TimeDelta, Utc};
use confluence_sim::site::{Container, ContentType, Status};
use confluence_sim::{Change, Fault, FaultPlan, Occurrence, RoutePattern, Site, TextEdit};
use serde_json::{Value, json};
use test_support::harness::{also, edit_items};

use super::changes::{
    archive, comment, draft, edit, file_status, header, hide, label, move_file, move_page, new, new_template,
    remove_use, rename, status, template,
};
use super::site::{DOC, ENG, OLD, UNREFERENCED_FILE, at, image, image_of, used, with_page, with_trashed};

/// One row: the changes made before one request, and the file they affect.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// The affected file; `in_use` says whether it is in use after the change.
    pub(crate) stake: &'static str,
    pub(crate) in_use: bool,
    /// Prepares the site before the crawl.
    pub(crate) prepare: fn(Site) -> Site,
    pub(crate) changes: fn(&Site) -> Vec<Change>,
    /// Additional faults of the server.
    pub(crate) faults: fn(FaultPlan) -> FaultPlan,
    /// The page of the spare file is renamed, so its files cannot be classified.
    pub(crate) unsettles_spare: bool,
}

/// A use is added, or a file in use is renamed or moved.
fn uses(name: &'static str, stake: &'static str, changes: fn(&Site) -> Vec<Change>) -> Row {
    Row { name, stake, in_use: true, prepare: |site| site, changes, faults: |plan| plan, unsettles_spare: false }
}

/// A use is removed.
fn loses(name: &'static str, stake: &'static str, changes: fn(&Site) -> Vec<Change>) -> Row {
    Row { in_use: false, ..uses(name, stake, changes) }
}

impl Row {
    fn on(self, prepare: fn(Site) -> Site) -> Self {
        Self { prepare, ..self }
    }

    fn unsettling_the_spare(self) -> Self {
        Self { unsettles_spare: true, ..self }
    }

    fn with(self, faults: fn(FaultPlan) -> FaultPlan) -> Self {
        Self { faults, ..self }
    }
}

pub(crate) fn rows() -> Vec<Row> {
    [pages(), files(), spaces(), templates(), discussions(), unversioned(), wrong_times_and_orders()]
        .into_iter()
        .flatten()
        .collect()
}

fn pages() -> Vec<Row> {
    vec![
        uses("an edit of another page", UNREFERENCED_FILE, |_| vec![edit("1007", &used())]),
        uses("an edit of the owning page", UNREFERENCED_FILE, |_| vec![edit("1001", &image("unused.mov"))]),
        uses("an edit of a page read early", UNREFERENCED_FILE, |_| vec![edit("1002", &used())]),
        uses("an edit of a post", UNREFERENCED_FILE, |_| vec![edit("2002", &used())]),
        uses("an edit of an archived page", UNREFERENCED_FILE, |_| vec![edit("1101", &used())]),
        uses("an edit in an archived space", UNREFERENCED_FILE, |_| vec![edit("1201", &used())]),
        uses("a use moves from a page read early to one read late", UNREFERENCED_FILE, |_| {
            vec![remove_use("1002"), edit("1102", &used())]
        })
        .on(|site| {
            let mut site = site;
            at(&mut site, "1002", |page| page.body += &used());
            site
        }),
        uses("a use moves from a page read late to one read early", UNREFERENCED_FILE, |_| {
            vec![edit("1002", &used()), remove_use("1102")]
        })
        .on(|site| {
            let mut site = site;
            at(&mut site, "1102", |page| page.body += &used());
            site
        }),
        uses("a new page", UNREFERENCED_FILE, |site| vec![new(site, ContentType::Page, "9001", ENG, &used())]),
        uses("a new post", UNREFERENCED_FILE, |site| vec![new(site, ContentType::BlogPost, "9001", DOC, &used())]),
        uses("a file is renamed while a page gains a use", UNREFERENCED_FILE, |_| {
            vec![Change::RenameFile { id: "att103".to_owned(), name: "else.png".to_owned() }, edit("1003", &used())]
        }),
        uses("the page of a file is renamed", "att103", |_| {
            vec![Change::RenameContent { id: "1001".to_owned(), title: "Start".to_owned() }]
        })
        .unsettling_the_spare(),
        uses("a page is restored from the trash", UNREFERENCED_FILE, |_| vec![status("1301", Status::Current)])
            .on(|site| with_trashed(site, ENG, "1301", &used())),
        uses("a page is restored from the trash with its file", "att131", |_| vec![status("1301", Status::Current)])
            .on(|site| {
                with_trashed(site, ENG, "1301", &image("own of it.png")).attachment("att131", "own of it.png", 131)
            }),
        uses("a post is restored from the trash", UNREFERENCED_FILE, |_| vec![status("2301", Status::Current)]).on(
            |site| {
                site.post("2301", "Thrown away", &used()).with_content(|post| {
                    post.status = Status::Trashed;
                    ENG.clone_into(&mut post.space_id);
                })
            },
        ),
        uses("a page is restored from the trash with its comment", UNREFERENCED_FILE, |_| {
            vec![status("1301", Status::Current)]
        })
        .on(|site| with_trashed(site, ENG, "1301", "<p>text</p>").footer_comment("3301", &used())),
        uses("a page is archived", "att103", |_| vec![status("1003", Status::Archived)]),
        uses("a page is restored from the archive", "att114", |_| vec![status("1101", Status::Current)]),
        loses("a page is trashed", "att103", |_| vec![status("1003", Status::Trashed)]),
        loses("an edit removes a use", "att103", |_| {
            vec![Change::EditContent {
                id: "1003".to_owned(),
                edit: TextEdit::Remove(image_of("elsewhere.png", "ENG", "Home")),
            }]
        }),
    ]
}

fn files() -> Vec<Row> {
    vec![
        uses("a file that its page shows is renamed", "att101", |_| vec![rename("att101")]),
        uses("a linked file is renamed", "att102", |_| vec![rename("att102")]),
        uses("a file that another page shows is renamed", "att103", |_| vec![rename("att103")]),
        uses("a file that a comment shows is renamed", "att104", |_| vec![rename("att104")]),
        uses("a file that a reply shows is renamed", "att105", |_| vec![rename("att105")]),
        uses("a file that an inline comment shows is renamed", "att106", |_| vec![rename("att106")]),
        uses("a file that a post shows is renamed", "att113", |_| vec![rename("att113")]),
        uses("a file that an archived page shows is renamed", "att114", |_| vec![rename("att114")]),
        uses("a listed file is renamed", "att112", |_| vec![rename("att112")]),
        loses("a file that a URL names is renamed", "att111", |_| vec![rename("att111")]),
        uses("two files swap names", "att101", |_| {
            let to = |id: &str, name: &str| Change::RenameFile { id: id.to_owned(), name: name.to_owned() };
            vec![to("att101", "between.png"), to(UNREFERENCED_FILE, "own.png"), to("att101", "unused.mov")]
        }),
        uses("two pages swap titles", "att103", |site| {
            let title = |id: &str| site.contents.iter().find(|content| content.id == id).unwrap().title.clone();
            let to = |id: &str, title: &str| Change::RenameContent { id: id.to_owned(), title: title.to_owned() };
            vec![to("1001", "Between"), to("1007", &title("1001")), to("1001", &title("1007"))]
        })
        .unsettling_the_spare(),
        uses("a file that its page shows moves to another page", "att101", |_| vec![move_file("att101", "1007")]),
        uses("a file that its page shows moves to another space", "att101", |_| vec![move_file("att101", "1102")]),
        uses("a file moves to a post", "att103", |_| vec![move_file("att103", "2002")]),
        uses("a file moves to the page that shows it", "att103", |_| vec![move_file("att103", "1003")]),
        uses("a file moves to a page that lists its files", UNREFERENCED_FILE, |_| {
            vec![move_file(UNREFERENCED_FILE, "1006")]
        }),
        uses("a new version of a file", "att101", |_| vec![Change::UploadVersion { id: "att101".to_owned() }]),
        uses("a file is trashed", "att101", |_| vec![file_status("att101", Status::Trashed)]),
        uses("a file is restored from the trash", UNREFERENCED_FILE, |_| {
            vec![file_status(UNREFERENCED_FILE, Status::Current)]
        })
        .on(|site| {
            let mut site = with_page(site, DOC, "1301", &used());
            site.attachments.iter_mut().find(|file| file.id == UNREFERENCED_FILE).unwrap().status = Status::Trashed;
            site
        }),
        uses("a new file in place of a draft", "att991", |site| {
            let file = site.clone().attachment_of(Container::Page("1007".to_owned()), "att991", "new.png", 5);
            let file = file.attachments.last().unwrap().clone();
            vec![Change::AddFile(Box::new(file)), edit("1007", &image("new.png"))]
        }),
    ]
}

fn spaces() -> Vec<Row> {
    vec![
        uses("a page that shows it moves to another space", "att103", |_| vec![move_page("1003", DOC)]),
        uses("a page that shows it moves to a space read earlier", UNREFERENCED_FILE, |_| vec![move_page("1301", ENG)])
            .on(|site| with_page(site, DOC, "1301", &used())),
        uses("a page that shows it moves to an archived space", "att103", |_| vec![move_page("1003", OLD)]),
        uses("a page that shows it moves from an archived space", UNREFERENCED_FILE, |_| vec![move_page("1301", ENG)])
            .on(|site| with_page(site, OLD, "1301", &used())),
        uses("the page of a file moves to another space", "att103", |_| vec![move_page("1001", DOC)])
            .unsettling_the_spare(),
        uses("the key of a space changes", "att103", |_| {
            vec![Change::RenameSpace { id: ENG.to_owned(), key: "NEW".to_owned() }]
        })
        .unsettling_the_spare(),
        uses("two spaces swap keys", "att103", |_| {
            let to = |id: &str, key: &str| Change::RenameSpace { id: id.to_owned(), key: key.to_owned() };
            vec![to(ENG, "BETWEEN"), to(DOC, "ENG"), to(ENG, "DOC")]
        })
        .on(|site| site.page("1301", "Home", "<p>text</p>").with_content(|page| DOC.clone_into(&mut page.space_id)))
        .unsettling_the_spare(),
        uses("a space gets a second key", UNREFERENCED_FILE, |_| {
            let use_by_alias = image_of("unused.mov", "ENGINEERS", "Home");
            vec![Change::SetAlias { id: ENG.to_owned(), alias: "ENGINEERS".to_owned() }, edit("1102", &use_by_alias)]
        }),
        uses("a space is archived", UNREFERENCED_FILE, |_| vec![archive(DOC, true)])
            .on(|site| with_page(site, DOC, "1301", &used())),
        uses("a space is restored from the archive", UNREFERENCED_FILE, |_| vec![archive(OLD, false)])
            .on(|site| with_page(site, OLD, "1301", &used())),
        uses("a new space", UNREFERENCED_FILE, |site| {
            let space = site.clone().space("NEW", "New").spaces.last().unwrap().clone();
            let page = new(site, ContentType::Page, "9001", &space.id, &used());
            vec![Change::AddSpace(Box::new(space)), page]
        }),
        uses("a space becomes visible", UNREFERENCED_FILE, |site| {
            let id = site.spaces.last().unwrap().id.clone();
            vec![Change::HideSpace { id, hidden: false }]
        })
        .on(|site| site.space("SEC", "Secret").with_space(|space| space.hidden = true).page("1301", "Secret", &used())),
        loses("a space becomes invisible", UNREFERENCED_FILE, |_| {
            vec![Change::HideSpace { id: DOC.to_owned(), hidden: true }]
        })
        .on(|site| with_page(site, DOC, "1301", &used())),
    ]
}

fn templates() -> Vec<Row> {
    vec![
        uses("an edit of a global template", UNREFERENCED_FILE, |_| vec![template("7001")]),
        uses("an edit of a template of a space", UNREFERENCED_FILE, |_| vec![template("7002")]),
        uses("an edit of a blueprint", UNREFERENCED_FILE, |_| vec![template("7003")]).on(|site| {
            let mut site = site.template("7003", "Blueprint", "<p>text</p>");
            let blueprint = site.templates.last_mut().unwrap();
            (blueprint.blueprint, blueprint.space_key) = (true, None);
            site
        }),
        uses("a new global template", UNREFERENCED_FILE, |_| vec![new_template(None)]),
        uses("a new template of a space", UNREFERENCED_FILE, |_| vec![new_template(Some("DOC"))]),
        uses("a use moves from a page to a template", "att103", |_| {
            let text = image_of("elsewhere.png", "ENG", "Home");
            vec![
                Change::EditTemplate { id: "7002".to_owned(), edit: TextEdit::Append(text.clone()) },
                Change::EditContent { id: "1003".to_owned(), edit: TextEdit::Remove(text) },
            ]
        }),
        loses("an edit removes a use from a template", "att107", |_| {
            let edit = TextEdit::Remove(image_of("by template.png", "ENG", "Home"));
            vec![Change::EditTemplate { id: "7001".to_owned(), edit }]
        }),
    ]
}

fn discussions() -> Vec<Row> {
    let with_replies = |mut site: Site| {
        site.behaviour.comment_lists_with_replies = true;
        site
    };
    vec![
        uses("a new comment", UNREFERENCED_FILE, |site| vec![comment(site, ContentType::FooterComment, None)]),
        uses("a new inline comment", UNREFERENCED_FILE, |site| vec![comment(site, ContentType::InlineComment, None)]),
        uses("a new reply", UNREFERENCED_FILE, |site| vec![comment(site, ContentType::FooterComment, Some("3003"))]),
        uses("a new reply where lists show replies", UNREFERENCED_FILE, |site| {
            vec![comment(site, ContentType::FooterComment, Some("3003"))]
        })
        .on(with_replies),
        uses("a new reply to an inline comment", UNREFERENCED_FILE, |site| {
            vec![comment(site, ContentType::InlineComment, Some("3004"))]
        }),
        uses("an edit of a comment", UNREFERENCED_FILE, |_| vec![edit("3003", &used())]),
        uses("an edit of a reply", UNREFERENCED_FILE, |_| vec![edit("3002", &used())]),
        uses("an edit of a reply where lists show replies", UNREFERENCED_FILE, |_| vec![edit("3002", &used())])
            .on(with_replies),
        uses("an edit of an inline comment", UNREFERENCED_FILE, |_| vec![edit("3004", &used())]),
        uses("an inline comment is resolved", "att106", |_| {
            vec![Change::Resolve { id: "3004".to_owned(), resolution: "resolved".to_owned() }]
        }),
        loses("a comment is deleted", "att104", |_| vec![status("3001", Status::Trashed)]),
    ]
}

/// Changes without a new version: restrictions, labels, properties, drafts, data of apps.
fn unversioned() -> Vec<Row> {
    vec![
        uses("a restriction is lifted", UNREFERENCED_FILE, |_| vec![hide("1301", false)])
            .on(|site| with_page(site, DOC, "1301", &used()).with_content(|page| page.hidden = true)),
        uses("a restriction is lifted from a page with a comment", UNREFERENCED_FILE, |_| vec![hide("1301", false)])
            .on(|site| {
                let mut site = with_page(site, DOC, "1301", "<p>text</p>").footer_comment("3301", &used());
                at(&mut site, "1301", |page| page.hidden = true);
                site
            }),
        loses("a restriction is set", "att103", |_| vec![hide("1003", true)]),
        uses("a label is added", "att121", |_| vec![label("att121", true)]),
        uses("a label moves to another file", "att121", |_| vec![label("att121", true), label("att122", false)]),
        loses("a label is removed", "att122", |_| vec![label("att122", false)]),
        uses("a header image is set", "att121", |site| vec![header(site, "1202", "published", "att121")]),
        uses("a header image is set on another page", "att121", |site| {
            vec![header(site, "1002", "published", "att121")]
        }),
        uses("a header image is set in a draft", "att121", |site| vec![header(site, "1202", "draft", "att121")]),
        loses("a header image is removed", "att110", |_| {
            vec![Change::SetProperty {
                id: "1004".to_owned(),
                key: "cover-picture-id-published".to_owned(),
                value: None,
            }]
        }),
        uses("a first draft", UNREFERENCED_FILE, |_| vec![draft("1001", &image("unused.mov"))]).on(uploaded_late),
        uses("a draft is saved again", UNREFERENCED_FILE, |_| vec![draft("1001", &image("unused.mov"))]).on(|site| {
            let mut site = uploaded_late(site);
            let saved_at = later();
            at(&mut site, "1001", |page| {
                let (title, body) = (page.title.clone(), page.body.clone());
                page.draft = Some(confluence_sim::site::Draft { title, body, saved_at });
            });
            site
        }),
        uses("a draft is published", "att108", |_| vec![edit("1005", &image("by draft.png"))]),
        uses("an edit of custom content", UNREFERENCED_FILE, |_| vec![edit("5001", &used())]),
        uses("new custom content", UNREFERENCED_FILE, |site| {
            let mut app = site.contents.iter().find(|content| content.id == "5001").unwrap().clone();
            (app.id, app.body) = ("9001".to_owned(), used());
            vec![Change::AddContent(Box::new(app))]
        }),
    ]
}

/// Edits on a server with wrong times and orders.
fn wrong_times_and_orders() -> Vec<Row> {
    let edited: fn(&Site) -> Vec<Change> = |_| vec![edit("1007", &used())];
    vec![
        uses("an edit while the server's clock is ahead", UNREFERENCED_FILE, edited).with(|plan| {
            let ahead = (Utc::now() + TimeDelta::minutes(10)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            also(plan, "*", Occurrence::From(1), Fault::header("date", &ahead))
        }),
        uses("an edit while lists from the newest on are empty", UNREFERENCED_FILE, edited).with(|plan| {
            newest_first(plan, || {
                Fault::edit_json(|response| {
                    response["results"] = json!([]);
                    response["_links"].as_object_mut().unwrap().remove("next");
                })
            })
        }),
        uses("an edit while lists from the newest on have no order", UNREFERENCED_FILE, edited).with(|plan| {
            newest_first(plan, || {
                Fault::edit_json(|response| {
                    if let Some(items) = response["results"].as_array_mut() {
                        items.reverse();
                    }
                })
            })
        }),
        uses("an edit while versions have no dates", UNREFERENCED_FILE, edited).with(|plan| {
            let undated = edit_items(|item| {
                if let Some(version) = item.get_mut("version").and_then(Value::as_object_mut) {
                    version.remove("createdAt");
                }
            });
            also(plan, "/wiki/api/v2/*", Occurrence::From(1), undated)
        }),
    ]
}

/// Adds a fault to the lists of contents that are sorted newest first.
fn newest_first(plan: FaultPlan, fault: fn() -> Fault) -> FaultPlan {
    let lists = ["pages", "blogposts", "footer-comments", "inline-comments"];
    let sorts = ["-modified-date", "-created-date", "-id"];
    let each = lists.iter().flat_map(|list| sorts.map(|sort| (list, sort)));
    each.fold(plan, |plan, (list, sort)| {
        let route = RoutePattern::path(&format!("/wiki/api/v2/{list}")).unwrap().with_query("sort", sort);
        plan.on(route, Occurrence::From(1), fault())
    })
}

/// Returns a time after the publication of every page.
fn later() -> DateTime<Utc> {
    DateTime::from_timestamp(1_705_309_200 + 5 * 3600, 0).unwrap()
}

/// Makes the unused file newer than the publication of its page, like files of drafts.
fn uploaded_late(mut site: Site) -> Site {
    let file = site.attachments.iter_mut().find(|file| file.id == UNREFERENCED_FILE).unwrap();
    file.versions.iter_mut().for_each(|version| version.created_at = later());
    site
}
