//! Collects the uses of all attachments from all contents, and what makes files undetermined.

use std::collections::{HashMap, HashSet};

use super::companion_files;
use super::resolution::{Resolution, Uncertainty};
use super::resolve_reference::{names_in, resolve};
use super::site_index::{SiteIndex, fold};
use super::verdict::Use;
use super::work_meter::WorkMeter;
use crate::inventory::{Content, ContentKind, Status};
use storage_format::{Construct, OwnSite, Reference, Target, header_image_references};

/// The uses of all attachments by all contents, and everything that leaves a use uncertain. Contents and attachments
/// are indexes into the inventory.
pub(super) struct SiteUses {
    /// Uses per attachment, in the order of the inventory.
    pub(super) of_file: Vec<Vec<Use>>,
    /// Attachment → the content in the trash that names it: mentioned, but not a use.
    pub(super) in_trash: HashMap<usize, usize>,
    /// Folded name → the reference that names it in an unknown container or on an unknown host.
    pub(super) unresolved_names: HashMap<String, UnresolvedName>,
    /// Container id → the content that may use any file of the container, and why it is not known which.
    pub(super) uncertain: HashMap<String, (usize, Uncertainty)>,
    /// Contents that exceed the work limit.
    pub(super) over_limit: Vec<usize>,
    /// The first content that names a file by a media id that no attachment is known to have.
    pub(super) unknown_file_id: Option<usize>,
    /// Attachment → the content and the unknown host of an address that means the attachment if the site used that host
    /// before.
    pub(super) on_unknown_host: HashMap<usize, (usize, String)>,
    /// Container id (or [`ANYWHERE`]) and stem of file names → the content with a macro whose app may keep such files
    /// there.
    pub(super) companions: HashMap<(String, String), usize>,
}

/// Container of a companion file that may be in any container.
pub(super) const ANYWHERE: &str = "";

/// A reference by name into a container that is not in the inventory, or on an unknown host.
pub(super) struct UnresolvedName {
    pub(super) content: usize,
    pub(super) location: UnresolvedLocation,
}

pub(super) enum UnresolvedLocation {
    /// Description of the container.
    Container(String),
    /// The unknown host.
    Host(String),
}

/// Resolves every reference of every content.
pub(super) fn collect(index: &SiteIndex<'_>, site: &OwnSite) -> SiteUses {
    let mut uses = SiteUses {
        of_file: vec![Vec::new(); index.inventory.attachments.len()],
        in_trash: HashMap::new(),
        unresolved_names: HashMap::new(),
        uncertain: HashMap::new(),
        over_limit: Vec::new(),
        unknown_file_id: None,
        on_unknown_host: HashMap::new(),
        companions: HashMap::new(),
    };
    for (at, content) in index.inventory.contents.iter().enumerate() {
        let work = WorkMeter::default();
        let body = content.body.iter().flat_map(|body| &body.references);
        for reference in body {
            uses.add(index, at, reference, resolve(index, reference, content, &work), &work);
        }
        for image in &content.header_images {
            for reference in header_image_references(&image.id, site) {
                uses.add(index, at, &reference, resolve(index, &reference, content, &work), &work);
            }
        }
        if work.is_over_limit() {
            uses.over_limit.push(at);
        }
    }
    for list in &mut uses.of_file {
        tidy(list, index);
    }
    uses
}

impl SiteUses {
    fn add(
        &mut self,
        index: &SiteIndex<'_>,
        at: usize,
        reference: &Reference,
        resolution: Resolution,
        work: &WorkMeter,
    ) {
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
                self.unresolved_names.entry(fold(&name)).or_insert_with(|| UnresolvedName {
                    content: at,
                    location: UnresolvedLocation::Host(unknown.host.clone()),
                });
            }
        }
        for hit in resolution.hits {
            let file = &index.inventory.attachments[hit.attachment];
            self.of_file[hit.attachment].push(Use {
                content: at,
                on_owner: file.container.id() == Some(&content.id) && uses_as_owner(content, &reference.construct),
                construct: reference.construct.clone(),
                name: hit.name,
                display: reference.display,
                certainty: hit.certainty,
            });
        }
        if let Some(unknown) = resolution.unknown_container {
            for name in unknown.names {
                self.unresolved_names.entry(fold(&name)).or_insert_with(|| UnresolvedName {
                    content: at,
                    location: UnresolvedLocation::Container(unknown.description.clone()),
                });
            }
        }
        for uncertain in resolution.uncertain {
            self.uncertain.entry(uncertain.container).or_insert((at, uncertain.cause));
        }
    }
}

impl SiteUses {
    /// Adds the stems of the files that an app may keep next to those that one of its macros names.
    fn add_companions(
        &mut self,
        index: &SiteIndex<'_>,
        at: usize,
        reference: &Reference,
        resolution: &Resolution,
        work: &WorkMeter,
    ) {
        if !matches!(reference.target, Target::File { .. } | Target::Attachment { .. } | Target::FileId { .. }) {
            return;
        }
        for hit in &resolution.hits {
            let file = &index.inventory.attachments[hit.attachment];
            let Some(container) = file.container.id() else { continue };
            for stem in companion_files::companion_stems(file) {
                self.companions.entry((container.to_string(), stem)).or_insert(at);
            }
        }
        if resolution.hits.is_empty() {
            for stem in names_in(&reference.target).filter_map(companion_files::stem_of_value) {
                work.add_uses(resolution.containers.len());
                let anywhere = [ANYWHERE.to_owned()];
                let containers = if work.is_over_limit() { &anywhere } else { &resolution.containers[..] };
                for container in containers {
                    self.companions.entry((container.clone(), stem.clone())).or_insert(at);
                }
            }
        }
    }
}

/// Whether the reference certainly means a file by its media id. A UUID in the parameters of a macro or in an app's
/// data may identify anything: a server, a board, the macro itself. There, only the known media id of a file counts.
fn is_media_id(reference: &Reference) -> bool {
    let may_be_anything =
        matches!(reference.construct, Construct::Macro(_) | Construct::Extension(_) | Construct::Property(_));
    matches!(reference.target, Target::FileId { .. }) && !may_be_anything
}

/// Whether a use by this content counts as one by the owner of the file: in the published body, or by the header image,
/// published or draft. A use in the body of a draft counts as one from elsewhere.
fn uses_as_owner(content: &Content, construct: &Construct) -> bool {
    let owns = matches!(content.kind, ContentKind::Page | ContentKind::BlogPost | ContentKind::CustomContent);
    owns && (content.status != Status::Draft || *construct == Construct::HeaderImage)
}

/// Sorts uses (the owner's first, then by content id) and removes duplicates. The rendered copy in an ADF fallback is
/// not a second use next to the element it was rendered from.
fn tidy(uses: &mut Vec<Use>, index: &SiteIndex<'_>) {
    if uses.len() > 1 {
        let is_fallback = |one: &Use| one.construct == Construct::Fallback;
        let contents: HashSet<usize> = uses.iter().filter(|one| !is_fallback(one)).map(|one| one.content).collect();
        uses.retain(|one| !is_fallback(one) || !contents.contains(&one.content));
    }
    let key = |one: &Use| {
        let content = &index.inventory.contents[one.content];
        let id = content.id.as_str();
        // comparing the length first sorts numeric ids by number
        (!one.on_owner, content.status == Status::Draft, id.len(), id.to_owned(), one.display, one.certainty)
    };
    uses.sort_by_cached_key(|one| (key(one), one.construct.to_string(), one.name.clone()));
    uses.dedup_by(|b, a| a.content == b.content && a.construct == b.construct && a.name == b.name);
}
