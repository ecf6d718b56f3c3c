//! Elements that identify a container: `ri:page`, `ri:blog-post`, `ri:content-entity`, `ri:space`.

use crate::attributes::Attributes;
use crate::reference::{Certainty, ContainerRef};
use crate::steps::{MAX_KEY_BYTES, prefix};

/// Returns the container that an identifier element names, and how certain that form is.
pub(super) fn container_of(name: &str, attributes: Attributes<'_>) -> (ContainerRef, Certainty) {
    // limited in length, because several references may copy it
    let get = |key| attributes.get(key).map(|value| prefix(&value, MAX_KEY_BYTES).to_owned());
    let space = || get("ri:space-key").filter(|key| !key.is_empty());
    let by_id = |certainty| match get("ri:content-id").filter(|id| !id.trim().is_empty()) {
        Some(id) => (ContainerRef::Content(id.trim().to_owned()), certainty),
        None => (ContainerRef::Unreadable, Certainty::Possible),
    };
    // an id stays valid when the title changes
    let with_id = |title: ContainerRef| match get("ri:content-id").map(|id| id.trim().to_owned()) {
        Some(id) if !id.is_empty() => (ContainerRef::Known { id, otherwise: Box::new(title) }, Certainty::Proven),
        _ => (title, Certainty::Proven),
    };
    match (name, get("ri:content-title")) {
        ("ri:page", Some(title)) => with_id(ContainerRef::Page { title, space: space() }),
        ("ri:blog-post", Some(title)) => {
            with_id(ContainerRef::BlogPost { title, day: get("ri:posting-day"), space: space() })
        }
        ("ri:content-entity", _) => by_id(Certainty::Proven),
        ("ri:space", _) => (ContainerRef::Space { space: space() }, Certainty::Possible),
        _ => by_id(Certainty::Possible),
    }
}
