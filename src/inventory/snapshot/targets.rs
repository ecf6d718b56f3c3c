//! Targets of links that the inventory does not hold: whether the site has them, and in which status.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::SnapshotFacts;
use super::reading::Reading;
use crate::inventory::Inventory;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::GROUP;
use crate::inventory::refusals::Refusals;
use crate::inventory::site::{AttachmentId, Content, ContentId, Status};
use crate::support::wording::plural;
use confluence_client::RequestError;
use confluence_client::api::CONTENT_IDS_PER_REQUEST;
use confluence_client::api::{Single, TreeKind};
use storage_format::{Body, ContainerRef, PageLink, Target};

/// What else than a page or post can have an address of its own, in words. No list shows them.
const OTHERS: [(TreeKind, &str); 4] = [
    (TreeKind::Whiteboard, "whiteboards"),
    (TreeKind::Database, "databases"),
    (TreeKind::Folder, "folders"),
    (TreeKind::Embed, "smart links"),
];

/// How many ids are asked for one by one, each with a request for each of [`OTHERS`].
const MOST_OTHERS: usize = 250;

/// Ids that links and files of these pages name and the inventory does not hold, as contents or as files.
pub(super) fn unknown(inventory: &Inventory, pages: &[&Content]) -> BTreeSet<ContentId> {
    let contents: HashSet<&str> = inventory.contents.iter().map(|content| content.id.as_str()).collect();
    let files = inventory.attachments.iter().map(|file| &file.id).chain(&inventory.files_elsewhere.ids);
    let files: HashSet<&str> = files.map(AttachmentId::digits).collect();
    let ids = bodies(pages).flat_map(|body| body.page_links.iter().filter_map(PageLink::id).chain(containers(body)));
    // what is no number was never an id, and a server refuses the whole request for it
    let is_id = |id: &&str| id.parse::<i64>().is_ok_and(|number| number > 0);
    ids.filter(is_id).filter(|id| !contents.contains(id) && !files.contains(id)).map(ContentId::new).collect()
}

fn bodies<'i>(pages: &[&'i Content]) -> impl Iterator<Item = &'i Body> {
    pages.iter().filter_map(|page| page.body.as_ref())
}

/// The ids of contents on which a body surely means a file.
fn containers(body: &Body) -> impl Iterator<Item = &str> {
    let files = body.references.iter().filter(|reference| reference.surely_means_a_file());
    files.filter_map(|reference| match &reference.target {
        Target::File { container: ContainerRef::Content(id) | ContainerRef::Known { id, .. }, .. } => Some(id.as_str()),
        Target::Attachment { fallback: Some((page, _)), .. } => Some(page.as_str()),
        _ => None,
    })
}

/// Looks them up. Of what could not be asked for nothing is said, and the coverage says so.
pub(super) async fn read(reading: &Reading<'_>, facts: &mut SnapshotFacts) {
    let unknown = unknown(reading.inventory, reading.current);
    let ids: Vec<&str> = unknown.iter().map(ContentId::as_str).collect();
    reading.crawl.phase("link targets", Some(ids.len() as u64));
    let mut groups: Vec<&[&str]> = ids.chunks(CONTENT_IDS_PER_REQUEST).collect();
    while !groups.is_empty() {
        for looked in reading.crawl.all(groups.drain(..).map(|group| one_group(reading, group)).collect()).await {
            match looked {
                Ok(Looked { absent, statuses }) => {
                    facts.missing_targets.extend(absent);
                    facts.target_statuses.extend(statuses);
                }
                Err(group) => groups.extend(group.chunks(group.len().div_ceil(2))),
            }
        }
    }
    leave_others(reading, &mut facts.missing_targets, &mut facts.notes).await;
}

/// What the lists say of one group.
#[derive(Default)]
struct Looked {
    absent: Vec<ContentId>,
    /// Of those that are there and not current.
    statuses: BTreeMap<ContentId, Status>,
}

/// Looks one group up; `Err` gives it back when it has to be halved (F-17).
async fn one_group<'g, 'i>(reading: &Reading<'_>, group: &'g [&'i str]) -> Result<Looked, &'g [&'i str]> {
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::LinkTargets, format!("{} targets of links", group.len()));
    let mut there: HashMap<String, Status> = HashMap::new();
    let mut end = Ok(());
    for which in [Single::Page, Single::BlogPost] {
        if end.is_ok() {
            let found = |found: confluence_client::model::Listed| {
                there.insert(found.id.0, found.status.as_deref().map_or(Status::Current, Status::parse));
            };
            end = crawl.api.listed(which, group, found).await.end;
        }
    }
    if group.len() > 1 && end.as_ref().is_err_and(RequestError::is_too_long) {
        unit.withdrawn();
        return Err(group);
    }
    unit.settle(&end);
    crawl.progress.advance(group.len() as u64);
    if end.is_err() {
        return Ok(Looked::default());
    }
    let absent = group.iter().filter(|id| !there.contains_key(**id)).map(|id| ContentId::new(*id)).collect();
    let statuses = there.into_iter().filter(|(_, status)| *status != Status::Current);
    Ok(Looked { absent, statuses: statuses.map(|(id, status)| (ContentId::new(id), status)).collect() })
}

/// Takes out what is there as something that no list shows. Only links that may lead to such a thing are asked for.
async fn leave_others(reading: &Reading<'_>, missing: &mut BTreeSet<ContentId>, notes: &mut Vec<String>) {
    let any = bodies(reading.current).flat_map(|body| &body.page_links).filter_map(|link| match link {
        PageLink::Any(id) => Some(ContentId::new(id)),
        _ => None,
    });
    let asked: BTreeSet<ContentId> = any.filter(|id| missing.contains(id)).collect();
    let asked: Vec<ContentId> = asked.into_iter().collect();
    let (asked, left) = asked.split_at(asked.len().min(MOST_OTHERS));
    if !left.is_empty() {
        missing.retain(|id| !left.contains(id));
        notes.push(format!("{}: {MOST_OTHERS} were looked up one by one", not_judged(left.len())));
    }
    let refusals = Refusals::default();
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    for group in asked.chunks(GROUP) {
        // answers come in any order
        let refusals = &refusals;
        let look = |id| async move { (id, other(reading, refusals, id).await) };
        for (id, other) in reading.crawl.all(group.iter().map(look).collect()).await {
            match other {
                Other::Nothing => {}
                Other::There | Other::Unknown => _ = missing.remove(id),
                Other::Refused(what) => {
                    missing.remove(id);
                    *refused.entry(what).or_default() += 1;
                }
            }
        }
    }
    notes.extend(
        refused.into_iter().map(|(what, number)| format!("{}: the account may not read {what}", not_judged(number))),
    );
}

fn not_judged(links: usize) -> String {
    plural(
        links as u64,
        "short link whose target no list shows is not judged",
        "short links whose targets no list shows are not judged",
    )
}

/// What the site says of an id that is no page or post.
enum Other {
    Nothing,
    There,
    /// It could not be asked; the coverage says so.
    Unknown,
    /// The account may not read what it may be.
    Refused(&'static str),
}

/// Whether something that no list shows has this id. A kind that the account may not read is soon asked no more.
async fn other(reading: &Reading<'_>, refusals: &Refusals<TreeKind>, id: &ContentId) -> Other {
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::LinkTargets, format!("target {id} of a link"));
    // nothing depends on it but whether this link is judged
    let skipped = "links to what the account may not ask for";
    if let Some((_, what)) = OTHERS.into_iter().find(|(kind, _)| refusals.are_enough(kind)) {
        unit.skipped(skipped);
        return Other::Refused(what);
    }
    for (kind, what) in OTHERS {
        match crawl.api.short_link_target(kind, id.as_str()).await {
            Ok(_) => {
                unit.ok();
                return Other::There;
            }
            Err(error) if error.is_not_found() => refusals.answered(kind),
            Err(error) if error.is_denied() => {
                refusals.refused(kind);
                unit.skipped(skipped);
                return Other::Refused(what);
            }
            Err(error) => {
                unit.refused(&error);
                return Other::Unknown;
            }
        }
    }
    unit.ok();
    Other::Nothing
}
