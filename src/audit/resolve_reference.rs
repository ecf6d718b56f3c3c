//! Resolves a reference to attachments: first the container, then the name in it.

use super::resolution::{Hit, Resolution, UncertainContainer, Uncertainty, UnknownContainer, UnknownHostMatch};
use super::site_index::SiteIndex;
use super::work_meter::WorkMeter;
use super::{containers, macro_filters, residue_search};
use crate::inventory::Content;
use storage_format::{Certainty, ContainerRef, NameMatching, Reference, Target};

/// Resolves one reference of the content `referring`. `work` counts the work of all its references.
pub(super) fn resolve(
    index: &SiteIndex<'_>,
    reference: &Reference,
    referring: &Content,
    work: &WorkMeter,
) -> Resolution {
    let mut resolution = resolve_target(index, &reference.target, referring, work);
    for hit in &mut resolution.hits {
        hit.certainty = hit.certainty.max(reference.certainty);
    }
    resolution
}

fn resolve_target(index: &SiteIndex<'_>, target: &Target, referring: &Content, work: &WorkMeter) -> Resolution {
    if work.is_over_limit() {
        return unresolved(index, target, referring, work);
    }
    let resolution = match target {
        Target::File { name, other_readings, container, matching } => {
            by_name(index, name, other_readings, container, *matching, referring, work)
        }
        Target::Attachment { id, fallback } => by_attachment_id(index, id, fallback.as_ref(), referring, work),
        Target::FileId { id } => by_file_id(index, id),
        Target::Gallery(filter) => macro_filters::resolve(index, filter, referring, macro_filters::is_image, work),
        Target::AttachmentList(filter) => {
            macro_filters::resolve(index, filter, referring, |_| Some(Certainty::Proven), work)
        }
        Target::UnknownNames => any_file_of_own_page(index, referring, Uncertainty::AppFileNames),
        Target::OnUnknownHost { host, targets } => on_unknown_host(index, host, targets, referring, work),
        Target::NamesInText { text } => in_text(index, text, referring, work),
        Target::SpaceAttachments { .. } | Target::SearchResults => Resolution::default(),
    };
    work.add_uses(resolution.hits.len());
    resolution
}

/// Any file of the content's own page may be meant.
fn any_file_of_own_page(index: &SiteIndex<'_>, referring: &Content, cause: Uncertainty) -> Resolution {
    let own = containers::own_container(index, referring).map(str::to_owned);
    let uncertain = own.map(|container| UncertainContainer { container, cause });
    Resolution { uncertain: uncertain.into_iter().collect(), ..Resolution::default() }
}

fn on_unknown_host(
    index: &SiteIndex<'_>,
    host: &str,
    targets: &[Target],
    referring: &Content,
    work: &WorkMeter,
) -> Resolution {
    let names = targets.iter().flat_map(names_in).map(str::to_owned).collect();
    let (mut files, mut uncertain) = (Vec::new(), Vec::new());
    for target in targets {
        let mut here = resolve_target(index, target, referring, work);
        files.extend(here.hits.iter().map(|hit| hit.attachment));
        uncertain.append(&mut here.uncertain);
    }
    let on_unknown_host = Some(UnknownHostMatch { host: host.to_owned(), names, files });
    Resolution { uncertain, on_unknown_host, ..Resolution::default() }
}

/// Returns the file names in a target.
pub(super) fn names_in(target: &Target) -> impl Iterator<Item = &str> {
    let (name, others): (Option<&String>, &[String]) = match target {
        Target::File { name, other_readings, .. } => (Some(name), other_readings),
        Target::Attachment { fallback, .. } => (fallback.as_ref().map(|(_, name)| name), &[]),
        _ => (None, &[]),
    };
    name.into_iter().chain(others).map(String::as_str)
}

/// Resolves to the files of the content's own page whose names occur in a text.
fn in_text(index: &SiteIndex<'_>, text: &str, referring: &Content, work: &WorkMeter) -> Resolution {
    let files = containers::own_container(index, referring).map_or(&[][..], |id| index.files_of(id));
    let names = files.iter().flat_map(|&file| index.inventory.attachments[file].names());
    work.add_search(text.len(), names.map(str::len).sum());
    if work.is_over_limit() {
        return any_file_of_own_page(index, referring, Uncertainty::WorkLimit);
    }
    let Some(matches) = residue_search::files_named_in(index, text, files) else {
        return any_file_of_own_page(index, referring, Uncertainty::WorkLimit);
    };
    let hits = matches.into_iter().map(|attachment| {
        let name = index.inventory.attachments[attachment].title.clone();
        Hit { attachment, name, certainty: Certainty::Possible }
    });
    Resolution { hits: hits.collect(), ..Resolution::default() }
}

/// Resolves a target of a content over the work limit without looking it up: a name may mean a file in any container,
/// and a macro that lists files may mean any file of its pages.
fn unresolved(index: &SiteIndex<'_>, target: &Target, referring: &Content, work: &WorkMeter) -> Resolution {
    let anywhere = |names: Vec<String>| UnknownContainer { description: OVER_LIMIT.to_owned(), names };
    let of_owner = |attachment: usize| {
        let container = index.inventory.attachments[attachment].container.id()?.to_string();
        Some(UncertainContainer { container, cause: Uncertainty::WorkLimit })
    };
    match target {
        Target::File { name, other_readings, .. } => {
            let names = std::iter::once(name).chain(other_readings).cloned().collect();
            Resolution { unknown_container: Some(anywhere(names)), ..Resolution::default() }
        }
        Target::Attachment { id, fallback } => Resolution {
            uncertain: index.file_by_id(id).and_then(of_owner).into_iter().collect(),
            unknown_container: fallback.clone().map(|(_, name)| anywhere(vec![name.replace('+', " "), name])),
            ..Resolution::default()
        },
        Target::FileId { id } => Resolution {
            uncertain: index.files_by_file_id(id).iter().filter_map(|&file| of_owner(file)).collect(),
            ..Resolution::default()
        },
        Target::Gallery(filter) | Target::AttachmentList(filter) => macro_filters::uncertain(index, filter, referring),
        Target::UnknownNames => any_file_of_own_page(index, referring, Uncertainty::AppFileNames),
        Target::NamesInText { .. } => any_file_of_own_page(index, referring, Uncertainty::WorkLimit),
        Target::OnUnknownHost { host, targets } => on_unknown_host(index, host, targets, referring, work),
        Target::SpaceAttachments { .. } | Target::SearchResults => Resolution::default(),
    }
}

/// Description of the container of a file that was not looked up.
const OVER_LIMIT: &str = "an unknown page (too many references to look up)";

fn by_name(
    index: &SiteIndex<'_>,
    name: &str,
    other_readings: &[String],
    container: &ContainerRef,
    matching: NameMatching,
    referring: &Content,
    work: &WorkMeter,
) -> Resolution {
    let containers = containers::find_containers(index, container, referring);
    let readings = || std::iter::once(name).chain(other_readings.iter().map(String::as_str));
    let mut hits = first_reading(index, readings(), &containers.ids, matching, !containers.doubtful);
    let unknown = containers.unknown.or(containers.unknown_without_hit.filter(|_| hits.is_empty()));
    if hits.is_empty()
        && let Some(fallback) = &containers.fallback
    {
        hits = first_reading(index, readings(), std::slice::from_ref(fallback), matching, false);
    }
    let unknown_container =
        unknown.map(|description| UnknownContainer { description, names: readings().map(str::to_owned).collect() });
    work.add_compared(containers.ids.len().saturating_mul(name.len()));
    Resolution { hits, unknown_container, containers: containers.ids, ..Resolution::default() }
}

/// Returns the files named by the first reading that names any. `sure`: the containers are certain.
fn first_reading<'n>(
    index: &SiteIndex<'_>,
    readings: impl Iterator<Item = &'n str>,
    containers: &[String],
    matching: NameMatching,
    sure: bool,
) -> Vec<Hit> {
    for (position, reading) in readings.enumerate() {
        let named = containers.iter().flat_map(|id| index.files_named(id, reading, matching));
        let mut hits: Vec<Hit> = named
            .map(|hit| {
                let sure = sure && hit.exact && position == 0;
                let certainty = if sure { Certainty::Proven } else { Certainty::Possible };
                Hit { attachment: hit.attachment, name: reading.to_owned(), certainty }
            })
            .collect();
        if hits.len() > 1 {
            for hit in &mut hits {
                hit.certainty = Certainty::Possible;
            }
        }
        if !hits.is_empty() {
            return hits;
        }
    }
    Vec::new()
}

/// Resolves an attachment id. If the id is unknown or in the trash, falls back to the page and name in the same
/// address: a file that was deleted and uploaded again has a new id.
fn by_attachment_id(
    index: &SiteIndex<'_>,
    id: &str,
    fallback: Option<&(String, String)>,
    referring: &Content,
    work: &WorkMeter,
) -> Resolution {
    let mut resolution = Resolution::default();
    let known = index.file_by_id(id);
    if let Some(attachment) = known {
        resolution.hits.push(proven(attachment, &format!("att{id}")));
    }
    let is_alive = known.is_some_and(|at| !index.inventory.attachments[at].status.is_trash());
    let Some((page, name)) = fallback.filter(|_| !is_alive) else { return resolution };
    let container = ContainerRef::Content(page.clone());
    // `+` is a space character in a query, unless it was typed by hand
    let other = [name.replace('+', " ")];
    let named = by_name(index, name, &other, &container, NameMatching::Loose, referring, work);
    resolution.hits.extend(named.hits.into_iter().map(|hit| Hit { certainty: Certainty::Possible, ..hit }));
    resolution.unknown_container = named.unknown_container;
    resolution
}

fn by_file_id(index: &SiteIndex<'_>, id: &str) -> Resolution {
    let files = index.files_by_file_id(id);
    // copies may share a file id
    let certainty = if files.len() > 1 { Certainty::Possible } else { Certainty::Proven };
    let hits = files.iter().map(|&attachment| Hit { certainty, ..proven(attachment, id) }).collect();
    Resolution { hits, ..Resolution::default() }
}

fn proven(attachment: usize, name: &str) -> Hit {
    Hit { attachment, name: name.to_owned(), certainty: Certainty::Proven }
}
