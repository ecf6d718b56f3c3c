//! From a reference to attachments: the container first, then the name in it (`storage-format.md` 1).

use super::filters::is_image;
use super::index::SiteIndex;
use crate::inventory::Content;
use storage_format::{Certainty, ContainerRef, NameMatching, Reference, Target};

/// What a reference means on this site.
#[derive(Debug, Default)]
pub(super) struct Resolution {
    /// The attachments it means.
    pub(super) hits: Vec<Hit>,
    /// A container that is not in the inventory: every file of these names might be the one meant.
    pub(super) unknown_container: Option<UnknownContainer>,
    /// A content whose files are used under names that cannot be told.
    pub(super) untold_container: Option<String>,
}

#[derive(Debug)]
pub(super) struct Hit {
    pub(super) attachment: usize,
    pub(super) name: String,
    pub(super) certainty: Certainty,
}

#[derive(Debug)]
pub(super) struct UnknownContainer {
    /// For people, e.g. `page id 9999`.
    pub(super) description: String,
    /// The names the reference may mean there.
    pub(super) names: Vec<String>,
}

impl SiteIndex<'_> {
    /// Resolves one reference of `referring`.
    pub(super) fn resolve(&self, reference: &Reference, referring: &Content) -> Resolution {
        let mut resolution = match &reference.target {
            Target::File { name, other_readings, container, matching } => {
                self.resolve_name(name, other_readings, container, *matching, referring)
            }
            Target::Attachment { id, fallback } => self.resolve_attachment_id(id, fallback.as_ref(), referring),
            Target::FileId { id } => self.resolve_file_id(id),
            Target::Gallery(filter) => self.resolve_filter(filter, referring, is_image),
            Target::AttachmentList(filter) => self.resolve_filter(filter, referring, |_| Some(Certainty::Proven)),
            Target::UntoldNames => Resolution {
                untold_container: self.own_container(referring).map(str::to_owned),
                ..Resolution::default()
            },
            Target::SpaceAttachments { .. } | Target::SearchResults => Resolution::default(),
        };
        for hit in &mut resolution.hits {
            hit.certainty = hit.certainty.max(reference.certainty);
        }
        resolution
    }

    fn resolve_name(
        &self,
        name: &str,
        other_readings: &[String],
        container: &ContainerRef,
        matching: NameMatching,
        referring: &Content,
    ) -> Resolution {
        let containers = self.containers(container, referring);
        let readings = || std::iter::once(name).chain(other_readings.iter().map(String::as_str));
        let mut hits = self.first_reading(readings(), &containers.ids, matching, !containers.doubtful);
        let unknown = containers.unknown.or(containers.unknown_without_hit.filter(|_| hits.is_empty()));
        if hits.is_empty()
            && let Some(fallback) = &containers.fallback
        {
            hits = self.first_reading(readings(), std::slice::from_ref(fallback), matching, false);
        }
        let unknown_container =
            unknown.map(|description| UnknownContainer { description, names: readings().map(str::to_owned).collect() });
        Resolution { hits, unknown_container, untold_container: None }
    }

    /// The files that the first reading of a name means which means any. `sure`: the containers are certain.
    fn first_reading<'n>(
        &self,
        readings: impl Iterator<Item = &'n str>,
        containers: &[String],
        matching: NameMatching,
        sure: bool,
    ) -> Vec<Hit> {
        for (position, reading) in readings.enumerate() {
            let named = containers.iter().flat_map(|id| self.files_named(id, reading, matching));
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

    /// An attachment id that is unknown, or in the trash, falls back to the page and name its address also bears: a file
    /// that was deleted and uploaded again has a new id.
    fn resolve_attachment_id(&self, id: &str, fallback: Option<&(String, String)>, referring: &Content) -> Resolution {
        let mut resolution = Resolution::default();
        let known = self.file_by_id(id);
        if let Some(attachment) = known {
            resolution.hits.push(proven(attachment, &format!("att{id}")));
        }
        let is_alive = known.is_some_and(|at| !self.inventory.attachments[at].status.is_trash());
        let Some((page, name)) = fallback.filter(|_| !is_alive) else { return resolution };
        let container = ContainerRef::Content(page.clone());
        // `+` is a blank in a query, unless it was put there by hand
        let other = [name.replace('+', " ")];
        let by_name = self.resolve_name(name, &other, &container, NameMatching::Loose, referring);
        resolution.hits.extend(by_name.hits.into_iter().map(|hit| Hit { certainty: Certainty::Possible, ..hit }));
        resolution.unknown_container = by_name.unknown_container;
        resolution
    }

    fn resolve_file_id(&self, id: &str) -> Resolution {
        let files = self.files_by_file_id(id);
        // copies may share a file id
        let certainty = if files.len() > 1 { Certainty::Possible } else { Certainty::Proven };
        let hits = files.iter().map(|&attachment| Hit { certainty, ..proven(attachment, id) }).collect();
        Resolution { hits, ..Resolution::default() }
    }
}

fn proven(attachment: usize, name: &str) -> Hit {
    Hit { attachment, name: name.to_owned(), certainty: Certainty::Proven }
}
