//! Requests link targets that are not in the inventory: whether they exist, and in which status.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::SnapshotFacts;
use super::context::SnapshotContext;
use crate::inventory::Inventory;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::GROUP;
use crate::inventory::refusals::Refusals;
use crate::inventory::site::{AttachmentId, Content, ContentId, Status};
use crate::support::formatting::plural;
use confluence_client::RequestError;
use confluence_client::api::CONTENT_IDS_PER_REQUEST;
use confluence_client::api::{ContentType, TreeKind};
use storage_format::{Body, ContainerRef, PageLink, Target};

/// Contents other than pages and posts that have an address of their own, with their names. No list has them.
const OTHER_KINDS: [(TreeKind, &str); 4] = [
    (TreeKind::Whiteboard, "whiteboards"),
    (TreeKind::Database, "databases"),
    (TreeKind::Folder, "folders"),
    (TreeKind::Embed, "smart links"),
];

/// Maximum number of ids requested one by one, each with a request per entry of [`OTHER_KINDS`].
const MAX_SINGLE_REQUESTS: usize = 250;

/// Ids in links and file references of these pages that are neither contents nor files of the inventory.
pub(super) fn unknown(inventory: &Inventory, pages: &[&Content]) -> BTreeSet<ContentId> {
    let contents: HashSet<&str> = inventory.contents.iter().map(|content| content.id.as_str()).collect();
    let files = inventory.attachments.iter().map(|file| &file.id).chain(&inventory.files_elsewhere.ids);
    let files: HashSet<&str> = files.map(AttachmentId::digits).collect();
    let ids = bodies(pages).flat_map(|body| body.page_links.iter().filter_map(PageLink::id).chain(containers(body)));
    // anything but a number was never an id, and the server refuses the entire request because of it
    let is_id = |id: &&str| id.parse::<i64>().is_ok_and(|number| number > 0);
    ids.filter(is_id).filter(|id| !contents.contains(id) && !files.contains(id)).map(ContentId::new).collect()
}

fn bodies<'i>(pages: &[&'i Content]) -> impl Iterator<Item = &'i Body> {
    pages.iter().filter_map(|page| page.body.as_ref())
}

/// Ids of the contents on which the body certainly names a file.
fn containers(body: &Body) -> impl Iterator<Item = &str> {
    let files = body.references.iter().filter(|reference| reference.certainly_means_file());
    files.filter_map(|reference| match &reference.target {
        Target::File { container: ContainerRef::Content(id) | ContainerRef::Known { id, .. }, .. } => Some(id.as_str()),
        Target::Attachment { fallback: Some((page, _)), .. } => Some(page.as_str()),
        _ => None,
    })
}

/// Requests all unknown targets. Targets that could not be requested are not judged, which the coverage records.
pub(super) async fn read(context: &SnapshotContext<'_>, facts: &mut SnapshotFacts) {
    let unknown = unknown(context.inventory, context.current);
    let ids: Vec<&str> = unknown.iter().map(ContentId::as_str).collect();
    context.crawl.phase("link targets", Some(ids.len() as u64));
    let mut groups: Vec<&[&str]> = ids.chunks(CONTENT_IDS_PER_REQUEST).collect();
    while !groups.is_empty() {
        for result in context.crawl.all(groups.drain(..).map(|group| one_group(context, group)).collect()).await {
            match result {
                Ok(TargetStatuses { absent, statuses }) => {
                    facts.missing_targets.extend(absent);
                    facts.target_statuses.extend(statuses);
                }
                Err(group) => groups.extend(group.chunks(group.len().div_ceil(2))),
            }
        }
    }
    remove_other_kinds(context, &mut facts.missing_targets, &mut facts.notes).await;
}

/// Result of requesting one group of ids.
#[derive(Default)]
struct TargetStatuses {
    absent: Vec<ContentId>,
    /// Statuses of the existing targets that are not current.
    statuses: BTreeMap<ContentId, Status>,
}

/// Requests one group; `Err` returns it if it has to be halved (F-17).
async fn one_group<'g, 'i>(
    context: &SnapshotContext<'_>,
    group: &'g [&'i str],
) -> Result<TargetStatuses, &'g [&'i str]> {
    let crawl = &context.crawl;
    let unit = crawl.ledger.enter(UnitKind::LinkTargets, format!("{} link targets", group.len()));
    let mut existing: HashMap<String, Status> = HashMap::new();
    let mut end = Ok(());
    for which in [ContentType::Page, ContentType::BlogPost] {
        if end.is_ok() {
            let found = |found: confluence_client::model::ContentStatus| {
                existing.insert(found.id.0, found.status.as_deref().map_or(Status::Current, Status::parse));
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
        return Ok(TargetStatuses::default());
    }
    let absent = group.iter().filter(|id| !existing.contains_key(**id)).map(|id| ContentId::new(*id)).collect();
    let statuses = existing.into_iter().filter(|(_, status)| *status != Status::Current);
    Ok(TargetStatuses { absent, statuses: statuses.map(|(id, status)| (ContentId::new(id), status)).collect() })
}

/// Removes from `missing` the ids that belong to other kinds of content. Only targets of links that may lead to these
/// are requested.
async fn remove_other_kinds(context: &SnapshotContext<'_>, missing: &mut BTreeSet<ContentId>, notes: &mut Vec<String>) {
    if !context.crawl.api.features().tree_members {
        return;
    }
    let any = bodies(context.current).flat_map(|body| &body.page_links).filter_map(|link| match link {
        PageLink::Any(id) => Some(ContentId::new(id)),
        _ => None,
    });
    let requested: BTreeSet<ContentId> = any.filter(|id| missing.contains(id)).collect();
    let requested: Vec<ContentId> = requested.into_iter().collect();
    let (requested, left) = requested.split_at(requested.len().min(MAX_SINGLE_REQUESTS));
    if !left.is_empty() {
        missing.retain(|id| !left.contains(id));
        notes.push(format!("{}: only {MAX_SINGLE_REQUESTS} are requested one by one", not_judged(left.len())));
    }
    let refusals = Refusals::default();
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    for group in requested.chunks(GROUP) {
        // responses come in any order
        let refusals = &refusals;
        let request = |id| async move { (id, other(context, refusals, id).await) };
        for (id, other) in context.crawl.all(group.iter().map(request).collect()).await {
            match other {
                OtherTarget::Nothing => {}
                OtherTarget::Exists | OtherTarget::Unknown => _ = missing.remove(id),
                OtherTarget::Refused(what) => {
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
        "short link whose target is in no list is not judged",
        "short links whose targets are in no list are not judged",
    )
}

/// State of an id that is neither a page nor a post.
enum OtherTarget {
    Nothing,
    Exists,
    /// It could not be requested; the coverage records it.
    Unknown,
    /// The account may not read this kind of content.
    Refused(&'static str),
}

/// Requests an id as each of the other kinds of content. Kinds that the account may not read are soon no longer
/// requested.
async fn other(context: &SnapshotContext<'_>, refusals: &Refusals<TreeKind>, id: &ContentId) -> OtherTarget {
    let crawl = &context.crawl;
    let unit = crawl.ledger.enter(UnitKind::LinkTargets, format!("link target {id}"));
    // the only effect is that this link is not judged
    let skipped = "links to content types that the account may not read";
    if let Some((_, what)) = OTHER_KINDS.into_iter().find(|(kind, _)| refusals.should_stop(kind)) {
        unit.skipped(skipped);
        return OtherTarget::Refused(what);
    }
    for (kind, what) in OTHER_KINDS {
        match crawl.api.short_link_target(kind, id.as_str()).await {
            Ok(_) => {
                unit.ok();
                return OtherTarget::Exists;
            }
            Err(error) if error.is_not_found() => refusals.succeeded(kind),
            Err(error) if error.is_denied() => {
                refusals.refused(kind);
                unit.skipped(skipped);
                return OtherTarget::Refused(what);
            }
            Err(error) => {
                unit.refused(&error);
                return OtherTarget::Unknown;
            }
        }
    }
    unit.ok();
    OtherTarget::Nothing
}
