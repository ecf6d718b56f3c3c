//! Collects every use of every attachment over all bodies, and what makes files impossible to judge.

use std::collections::{HashMap, HashSet};

use super::index::{SiteIndex, fold};
use super::resolution::{Resolution, WhyUntold};
use super::resolve::resolve;
use super::verdict::Use;
use super::work::Work;
use crate::inventory::{Content, ContentKind, Inventory, Status};
use storage_format::{Construct, OwnSite, Reading, Reference, Target, header_image_references};

/// What all contents together say about the attachments.
pub(super) struct Uses {
    /// Uses per attachment, in the order of the inventory.
    pub(super) of_file: Vec<Vec<Use>>,
    /// Contents in the trash that name a file; they count for nothing but are mentioned.
    pub(super) in_trash: HashMap<usize, usize>,
    /// Folded name → who names it in a container that is not in the inventory.
    pub(super) unresolved_names: HashMap<String, Unresolved>,
    /// Content id → the content that may use any of its files, and why that cannot be told.
    pub(super) untold: HashMap<String, (usize, WhyUntold)>,
    /// Contents that ask for more work than one may.
    pub(super) too_much: Vec<usize>,
    /// A content that means a file by a media file id no attachment is known to have.
    pub(super) unknown_file_id: Option<usize>,
}

/// A reference into a container that is not in the inventory.
pub(super) struct Unresolved {
    pub(super) content: usize,
    pub(super) container: String,
}

/// Resolves every reference of every content.
pub(super) fn collect(index: &SiteIndex<'_>, site: &OwnSite) -> Uses {
    let mut uses = Uses {
        of_file: vec![Vec::new(); index.inventory.attachments.len()],
        in_trash: HashMap::new(),
        unresolved_names: HashMap::new(),
        untold: HashMap::new(),
        too_much: Vec::new(),
        unknown_file_id: None,
    };
    for (at, content) in index.inventory.contents.iter().enumerate() {
        let work = Work::default();
        let body = content.body.iter().flat_map(|body| &body.references);
        for reference in body {
            uses.add(index, at, reference, resolve(index, reference, content, &work));
        }
        for image in &content.header_images {
            for reference in header_image_references(&image.id, site) {
                uses.add(index, at, &reference, resolve(index, &reference, content, &work));
            }
        }
        if work.is_too_much() {
            uses.too_much.push(at);
        }
    }
    for list in &mut uses.of_file {
        tidy(list, index);
    }
    uses
}

impl Uses {
    fn add(&mut self, index: &SiteIndex<'_>, at: usize, reference: &Reference, resolution: Resolution) {
        let content = &index.inventory.contents[at];
        if content.status.is_trash() {
            self.in_trash.extend(resolution.hits.iter().map(|hit| (hit.attachment, at)));
            return;
        }
        if resolution.hits.is_empty() && is_media_id(reference) {
            self.unknown_file_id.get_or_insert(at);
        }
        for hit in resolution.hits {
            let file = &index.inventory.attachments[hit.attachment];
            self.of_file[hit.attachment].push(Use {
                content: at,
                on_owner: file.container.id() == Some(&content.id) && is_owner(content, &reference.construct),
                construct: reference.construct.clone(),
                name: hit.name,
                display: reference.display,
                certainty: hit.certainty,
            });
        }
        if let Some(unknown) = resolution.unknown_container {
            for name in unknown.names {
                self.unresolved_names
                    .entry(fold(&name))
                    .or_insert_with(|| Unresolved { content: at, container: unknown.description.clone() });
            }
        }
        for untold in resolution.untold {
            self.untold.entry(untold.container).or_insert((at, untold.why));
        }
    }
}

/// Whether the reference surely means a file by its media id. A UUID in the parameters of a macro or in an app's data
/// may be the id of anything: of a server, a board, the macro itself. Only one that a file is known to have counts there
/// (`storage-format.md` 2.2).
fn is_media_id(reference: &Reference) -> bool {
    let may_be_anything =
        matches!(reference.construct, Construct::Macro(_) | Construct::Extension(_) | Construct::Property(_));
    matches!(reference.target, Target::FileId { .. }) && !may_be_anything
}

/// The owner itself uses the file: in its published body, or as header image, published or draft. What only its
/// draft's body names is a use from elsewhere.
fn is_owner(content: &Content, construct: &Construct) -> bool {
    let owns = matches!(content.kind, ContentKind::Page | ContentKind::BlogPost | ContentKind::CustomContent);
    owns && (content.status != Status::Draft || *construct == Construct::HeaderImage)
}

/// Each use once, the owner's first, then by content id. The rendered copy in an ADF fallback is no second use beside
/// the element it was rendered from (`storage-format.md` 2.4).
fn tidy(uses: &mut Vec<Use>, index: &SiteIndex<'_>) {
    if uses.len() > 1 {
        let is_fallback = |one: &Use| one.construct == Construct::Fallback;
        let contents: HashSet<usize> = uses.iter().filter(|one| !is_fallback(one)).map(|one| one.content).collect();
        uses.retain(|one| !is_fallback(one) || !contents.contains(&one.content));
    }
    let key = |one: &Use| {
        let content = &index.inventory.contents[one.content];
        let id = content.id.as_str();
        // numeric ids by number
        (!one.on_owner, content.status == Status::Draft, id.len(), id.to_owned(), one.display, one.certainty)
    };
    uses.sort_by_cached_key(|one| (key(one), one.construct.to_string(), one.name.clone()));
    uses.dedup_by(|b, a| a.content == b.content && a.construct == b.construct && a.name == b.name);
}

/// A body that was searched instead of read.
fn given_up(content: &Content, reading: &Reading) -> Option<String> {
    let Reading::GivenUp { problem, shows_unnamed_files, .. } = reading else { return None };
    let and_pages = if *shows_unnamed_files {
        ", and so are the files of its own page and of every page whose title or id does, for it may show them unnamed"
    } else {
        ""
    };
    Some(format!(
        "The {} \"{}\" ({}) was only searched as text: {problem}. Files without another use whose name or id occurs in it \
         are undetermined{and_pages}.",
        content.kind.label(),
        content.title,
        content.id,
    ))
}

fn asks_too_much(content: &Content) -> String {
    format!(
        "The {} \"{}\" ({}) lists more files than can be looked up. Files without another use that it may list are \
         undetermined.",
        content.kind.label(),
        content.title,
        content.id,
    )
}

/// Remarks about bodies that were not read, and about macros that list whole spaces or what a search finds: they count for no file, but people should know.
///
/// `too_much`: the contents that ask for more work than one may.
pub(super) fn notices(inventory: &Inventory, too_much: &[usize]) -> Vec<String> {
    let mut notices: Vec<String> =
        too_much.iter().map(|&content| asks_too_much(&inventory.contents[content])).collect();
    for content in inventory.contents.iter().filter(|content| !content.status.is_trash()) {
        notices.extend(content.body.as_ref().and_then(|body| given_up(content, &body.reading)));
        for reference in content.body.iter().flat_map(|body| &body.references) {
            let what = match &reference.target {
                Target::SpaceAttachments { space } => {
                    let own =
                        content.space.as_ref().and_then(|id| inventory.spaces.iter().find(|space| space.id == *id));
                    let key = space.as_deref().or(own.map(|space| space.key.as_str())).unwrap_or("?");
                    format!("lists every file of the space {key} (space-attachments macro)")
                }
                Target::SearchResults => format!("lists the files that a search finds ({})", reference.construct),
                _ => continue,
            };
            notices.push(format!(
                "The {} \"{}\" {what}. That counts as a use of none of them: look at it before you delete.",
                content.kind.label(),
                content.title
            ));
        }
    }
    notices.sort();
    notices.dedup();
    notices
}
