//! Collects every use of every attachment over all bodies, and what makes files impossible to judge.

use std::collections::{HashMap, HashSet};

use super::companions;
use super::index::{SiteIndex, fold};
use super::resolution::{Resolution, WhyUntold};
use super::resolve::{names_in, resolve};
use super::verdict::Use;
use super::work::Work;
use crate::inventory::{Content, ContentKind, Status};
use storage_format::{Construct, OwnSite, Reference, Target, header_image_references};

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
    /// Files that an address on an unknown host means if that is a former one of the site: who names it, and the host.
    pub(super) on_unknown_host: HashMap<usize, (usize, String)>,
    /// Container or [`ANYWHERE`], and what names of files in it begin with: the content with a macro whose app may keep them.
    pub(super) companions: HashMap<(String, String), usize>,
}

/// Stands for the container of a file that may be kept in any.
pub(super) const ANYWHERE: &str = "";

/// A reference into a container that is not in the inventory, or on a host that is not known.
pub(super) struct Unresolved {
    pub(super) content: usize,
    pub(super) place: Place,
}

/// Where the file of a name that was not resolved lives.
pub(super) enum Place {
    /// A container, described.
    Container(String),
    /// On a host that is not known.
    Host(String),
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
        on_unknown_host: HashMap::new(),
        companions: HashMap::new(),
    };
    for (at, content) in index.inventory.contents.iter().enumerate() {
        let work = Work::default();
        let body = content.body.iter().flat_map(|body| &body.references);
        for reference in body {
            uses.add(index, at, reference, resolve(index, reference, content, &work), &work);
        }
        for image in &content.header_images {
            for reference in header_image_references(&image.id, site) {
                uses.add(index, at, &reference, resolve(index, &reference, content, &work), &work);
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
    fn add(&mut self, index: &SiteIndex<'_>, at: usize, reference: &Reference, resolution: Resolution, work: &Work) {
        let content = &index.inventory.contents[at];
        if content.status.is_trash() {
            self.in_trash.extend(resolution.hits.iter().map(|hit| (hit.attachment, at)));
            return;
        }
        if resolution.hits.is_empty() && is_media_id(reference) {
            self.unknown_file_id.get_or_insert(at);
        }
        if reference.construct.keeps_companions() {
            self.add_companions(index, at, reference, &resolution, work);
        }
        if let Some(unknown) = resolution.on_unknown_host {
            for file in unknown.files {
                self.on_unknown_host.entry(file).or_insert_with(|| (at, unknown.host.clone()));
            }
            for name in unknown.names {
                let place = || Place::Host(unknown.host.clone());
                self.unresolved_names.entry(fold(&name)).or_insert_with(|| Unresolved { content: at, place: place() });
            }
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
                self.unresolved_names.entry(fold(&name)).or_insert_with(|| Unresolved {
                    content: at,
                    place: Place::Container(unknown.description.clone()),
                });
            }
        }
        for untold in resolution.untold {
            self.untold.entry(untold.container).or_insert((at, untold.why));
        }
    }
}

impl Uses {
    /// What an app may keep beside the files that one of its macros names.
    fn add_companions(
        &mut self,
        index: &SiteIndex<'_>,
        at: usize,
        reference: &Reference,
        resolution: &Resolution,
        work: &Work,
    ) {
        if !matches!(reference.target, Target::File { .. } | Target::Attachment { .. } | Target::FileId { .. }) {
            return;
        }
        for hit in &resolution.hits {
            let file = &index.inventory.attachments[hit.attachment];
            let Some(container) = file.container.id() else { continue };
            for stem in companions::stems(file) {
                self.companions.entry((container.to_string(), stem)).or_insert(at);
            }
        }
        if resolution.hits.is_empty() {
            for stem in names_in(&reference.target).filter_map(companions::stem_of_value) {
                work.uses(resolution.containers.len());
                let anywhere = [ANYWHERE.to_owned()];
                let containers = if work.is_too_much() { &anywhere } else { &resolution.containers[..] };
                for container in containers {
                    self.companions.entry((container.clone(), stem.clone())).or_insert(at);
                }
            }
        }
    }
}

/// Whether the reference surely means a file by its media id. A UUID in the parameters of a macro or in an app's data
/// may be the id of anything: of a server, a board, the macro itself. Only one that a file is known to have counts there.
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
/// the element it was rendered from.
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
