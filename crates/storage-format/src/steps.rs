//! Step counter that limits the cost of parsing a body: bytes read, bytes copied, references created.
//!
//! Anyone who may edit a page decides what its body contains. All parsing code therefore counts its steps in one
//! counter. A body that takes more steps than its length allows is not parsed, but searched as plain text (see
//! [`ParseOutcome::GivenUp`](crate::ParseOutcome::GivenUp)). Unlike time, steps are the same on every machine.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Deref;

use crate::reference::{Certainty, Construct, ContainerRef, FileFilter, Reference, Target};
use crate::url::{OwnSite, UrlMeaning};

/// Limit of steps for each byte of a body. Real bodies take 2 to 50 steps for each byte: text 5, or 15 if it is
/// measured, images 14, file URLs 30. The densest, lists of very short names in an app's parameter, take about 80.
/// Hostile bodies take hundreds or thousands.
const STEPS_PER_BYTE: u64 = 256;

/// Additional steps for every body, however short.
const STEPS_OF_ANY_BODY: u64 = 1 << 20;

/// Base of the limit for long bodies: about one second, and at most 128 MiB of copies. Confluence does not save bodies
/// of more than 5 MB.
const STEPS_OF_A_LONG_BODY: u64 = 1 << 28;

/// Additional steps for each byte of a long body.
const STEPS_PER_BYTE_OF_A_LONG_BODY: u64 = 32;

/// Longest address, in bytes, that is searched for in text without a delimiter. Servers reject longer ones; the longest
/// file name takes 3,825 bytes if every byte of it is escaped twice.
pub(crate) const MAX_ADDRESS_BYTES: usize = 8 << 10;

/// How many bytes at the beginning of an address are searched for its host.
const MAX_HOST_BYTES: usize = 512;

/// How many bytes at the beginning of an address are checked for the form of a Confluence file.
const MAX_ADDRESS_FORM_BYTES: usize = 2 << 10;

/// Longest text, in bytes, that is kept as the name of a macro or parameter, or as a title or id that several
/// references may share. Confluence allows 255 characters.
pub(crate) const MAX_KEY_BYTES: usize = 1 << 10;

/// Counter of steps with a limit.
#[derive(Debug)]
pub(crate) struct Steps {
    taken: Cell<u64>,
    limit: u64,
}

impl Steps {
    /// Creates a counter with the limit for a text of this size.
    pub(crate) fn for_bytes(bytes: usize) -> Self {
        let bytes = bytes as u64;
        let short = STEPS_OF_ANY_BODY.saturating_add(bytes.saturating_mul(STEPS_PER_BYTE));
        let long = STEPS_OF_A_LONG_BODY.saturating_add(bytes.saturating_mul(STEPS_PER_BYTE_OF_A_LONG_BODY));
        Self { taken: Cell::new(0), limit: short.min(long) }
    }

    #[cfg(test)]
    pub(crate) fn unlimited() -> Self {
        Self { taken: Cell::new(0), limit: u64::MAX }
    }

    /// Counts bytes or elements that are read.
    #[inline]
    pub(crate) fn count_read(&self, amount: usize) {
        self.taken.set(self.taken.get().saturating_add(amount as u64));
    }

    /// Counts bytes that are copied, twice because copies take memory too.
    #[inline]
    pub(crate) fn count_copy(&self, bytes: usize) {
        self.count_read(bytes.saturating_mul(2));
    }

    /// Counts a reference that is created.
    pub(crate) fn count_reference(&self, reference: &Reference) {
        let construct = match &reference.construct {
            Construct::Macro(name) | Construct::Extension(name) | Construct::Property(name) => name.len(),
            _ => 0,
        };
        self.count_copy(size_of::<Reference>() + construct + bytes_of_target(&reference.target));
    }

    /// Whether the limit is exceeded, so that the caller must stop.
    #[inline]
    pub(crate) fn are_exhausted(&self) -> bool {
        self.taken.get() > self.limit
    }

    /// Returns the limit.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    #[cfg(test)]
    pub(crate) fn taken(&self) -> u64 {
        self.taken.get()
    }

    /// Decodes the entities in a text once, and counts the steps.
    pub(crate) fn decode<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.count_read(text.len());
        let decoded = html_escape::decode_html_entities(text);
        if let Cow::Owned(decoded) = &decoded {
            self.count_copy(decoded.len());
        }
        decoded
    }
}

/// The site of a body, with the step counter for parsing the body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CountedSite<'a> {
    own: &'a OwnSite,
    pub(crate) steps: &'a Steps,
}

impl<'a> CountedSite<'a> {
    pub(crate) fn new(own: &'a OwnSite, steps: &'a Steps) -> Self {
        Self { own, steps }
    }

    /// Calls [`OwnSite::files`] and counts its steps.
    pub(crate) fn files(self, url: &str) -> Vec<(Target, Certainty)> {
        // every file URL has one of these; browsers read a backslash as a slash
        if memchr::memchr3(b'/', b'?', b'#', url.as_bytes()).is_none() && !url.contains('\\') {
            self.steps.count_read(url.len() + 1);
            return Vec::new();
        }
        self.count(url);
        if memchr::memchr(b'?', url.as_bytes()).is_some() {
            // parameter values may be addresses, with parameters that are addresses
            self.steps.count_copy(4 * url.len());
        }
        let files = self.own.files(url);
        self.steps.count_copy(files.iter().map(|(target, _)| size_of::<Target>() + bytes_of_target(target)).sum());
        files
    }

    /// Calls [`OwnSite::meaning`] and counts its steps.
    pub(crate) fn meaning(self, url: &str) -> Option<UrlMeaning> {
        self.count(url);
        self.own.meaning(url)
    }

    /// Whether a text begins with an address on a host of the site, or in the form of a Confluence file.
    pub(crate) fn begins_with_address(self, text: &str) -> bool {
        let host = prefix(text, MAX_HOST_BYTES);
        self.steps.count_read(host.len());
        if self.own.is_complete_own_url(host) {
            return true;
        }
        let form = prefix(text, MAX_ADDRESS_FORM_BYTES);
        self.steps.count_read(form.len());
        self.own.is_complete_address(form)
    }

    /// Counts an address that is read four times: for its scheme and host, its query, its fragment, and its segments.
    fn count(self, url: &str) {
        self.steps.count_read(url.len().saturating_mul(4) + 1);
    }
}

impl Deref for CountedSite<'_> {
    type Target = OwnSite;

    fn deref(&self) -> &OwnSite {
        self.own
    }
}

fn bytes_of_target(target: &Target) -> usize {
    match target {
        Target::File { name, other_readings, container, .. } => {
            name.len() + other_readings.iter().map(String::len).sum::<usize>() + bytes_of(container)
        }
        Target::Attachment { id, fallback } => {
            id.len() + fallback.as_ref().map_or(0, |(page, name)| page.len() + name.len())
        }
        Target::FileId { id } => id.len(),
        Target::Gallery(filter) | Target::AttachmentList(filter) => {
            let FileFilter { pages, include, exclude, include_labels, exclude_labels, patterns } = filter;
            let lists = [include, exclude, include_labels, exclude_labels, patterns];
            let texts: usize = lists.into_iter().flatten().map(|text| size_of::<String>() + text.len()).sum();
            texts + pages.iter().map(|page| size_of::<ContainerRef>() + bytes_of(page)).sum::<usize>()
        }
        // the recursion is as deep as addresses within addresses are followed
        Target::OnUnknownHost { host, targets } => {
            host.len() + targets.iter().map(|target| size_of::<Target>() + bytes_of_target(target)).sum::<usize>()
        }
        Target::NamesInText { text } => text.len(),
        Target::SpaceAttachments { space } => space.as_ref().map_or(0, String::len),
        Target::UnknownNames | Target::SearchResults => 0,
    }
}

fn bytes_of(container: &ContainerRef) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    match container {
        ContainerRef::Own | ContainerRef::Unreadable => 0,
        ContainerRef::Content(id) | ContainerRef::CopiedFrom(id) | ContainerRef::FormerId(id) => id.len(),
        ContainerRef::Page { title, space } => title.len() + length(space),
        ContainerRef::BlogPost { title, day, space } => title.len() + length(day) + length(space),
        ContainerRef::Space { space } => length(space),
        ContainerRef::Known { id, otherwise } => id.len() + size_of::<ContainerRef>() + bytes_of(otherwise),
    }
}

/// Returns the beginning of a text: at most `max_bytes` bytes, cut at a character boundary.
pub(crate) fn prefix(text: &str, max_bytes: usize) -> &str {
    if text.len() <= max_bytes {
        return text;
    }
    let end = (0..=max_bytes).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
