//! What reading a body takes, counted: bytes looked at, bytes copied, references made.
//!
//! Anybody who may edit a page decides what its body holds. So every reader takes its steps from one counter, and a body
//! that would take more than its length allows is given up, and searched as plain text instead (see
//! [`Reading::GivenUp`](crate::Reading::GivenUp)). Steps are the same on every machine, which time is not.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Deref;

use crate::reference::{Certainty, Construct, ContainerRef, FileFilter, Reference, Target};
use crate::url::{OwnSite, UrlMeaning};

/// Steps that each byte of a body may take. Bodies that people write take 2 to 50 for each byte: text 5, or 15 where it is
/// measured, pictures 14, addresses of files 30. The densest, lists of names of a few letters in the parameter of an app,
/// take about 80. Bodies made to be expensive take hundreds or thousands.
const STEPS_PER_BYTE: u64 = 256;

/// Steps that any body may take, however short.
const STEPS_OF_ANY_BODY: u64 = 1 << 20;

/// What longer bodies may take: so many steps, which are about a second and at most 128 MiB of copies, and so many more
/// for each byte. Confluence keeps no body beyond 5 MB by itself.
const STEPS_OF_A_LONG_BODY: u64 = 1 << 28;
const STEPS_PER_BYTE_OF_A_LONG_BODY: u64 = 32;

/// The longest address, in bytes, that is looked for where nothing says how far an address reaches. Servers refuse longer
/// ones; the longest name of a file takes 3,825 when every byte of it is escaped twice.
pub(crate) const LONGEST_ADDRESS: usize = 8 << 10;

/// The longest beginning of an address, in bytes, that its host stands in, and that its form is told by.
const LONGEST_HOST: usize = 512;
const LONGEST_FORM: usize = 2 << 10;

/// The longest text, in bytes, that is kept as the name of a macro or parameter, or as a title or id that several files
/// may share. Confluence takes 255 characters.
pub(crate) const LONGEST_KEY: usize = 1 << 10;

/// Counts steps, and says when they are used up.
#[derive(Debug)]
pub(crate) struct Steps {
    taken: Cell<u64>,
    most: u64,
}

impl Steps {
    /// As many as a text of this size may take.
    pub(crate) fn for_bytes(bytes: usize) -> Self {
        let bytes = bytes as u64;
        let short = STEPS_OF_ANY_BODY.saturating_add(bytes.saturating_mul(STEPS_PER_BYTE));
        let long = STEPS_OF_A_LONG_BODY.saturating_add(bytes.saturating_mul(STEPS_PER_BYTE_OF_A_LONG_BODY));
        Self { taken: Cell::new(0), most: short.min(long) }
    }

    /// Counts, and never ends.
    #[cfg(test)]
    pub(crate) fn unlimited() -> Self {
        Self { taken: Cell::new(0), most: u64::MAX }
    }

    /// Bytes are looked at, or elements.
    #[inline]
    pub(crate) fn look(&self, at: usize) {
        self.taken.set(self.taken.get().saturating_add(at as u64));
    }

    /// Bytes are copied, which takes memory too.
    #[inline]
    pub(crate) fn copy(&self, bytes: usize) {
        self.look(bytes.saturating_mul(2));
    }

    /// A reference is made.
    pub(crate) fn make(&self, reference: &Reference) {
        let construct = match &reference.construct {
            Construct::Macro(name) | Construct::Extension(name) | Construct::Property(name) => name.len(),
            _ => 0,
        };
        self.copy(size_of::<Reference>() + construct + bytes_of_target(&reference.target));
    }

    /// Whether nothing more may be read.
    #[inline]
    pub(crate) fn are_used_up(&self) -> bool {
        self.taken.get() > self.most
    }

    /// The most there may be.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// Those taken so far.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> u64 {
        self.taken.get()
    }

    /// The text with its entities decoded once.
    pub(crate) fn decode<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.look(text.len());
        let decoded = html_escape::decode_html_entities(text);
        if let Cow::Owned(decoded) = &decoded {
            self.copy(decoded.len());
        }
        decoded
    }
}

/// The site a body belongs to, and the steps that reading the body takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'a> {
    own: &'a OwnSite,
    pub(crate) steps: &'a Steps,
}

impl<'a> Site<'a> {
    pub(crate) fn new(own: &'a OwnSite, steps: &'a Steps) -> Self {
        Self { own, steps }
    }

    /// [`OwnSite::files`], counted.
    pub(crate) fn files(self, url: &str) -> Vec<(Target, Certainty)> {
        // every address of a file has one of these; browsers read a backslash as a slash
        if memchr::memchr3(b'/', b'?', b'#', url.as_bytes()).is_none() && !url.contains('\\') {
            self.steps.look(url.len() + 1);
            return Vec::new();
        }
        self.count(url);
        if memchr::memchr(b'?', url.as_bytes()).is_some() {
            // values may be addresses themselves, and so may theirs
            self.steps.copy(4 * url.len());
        }
        let files = self.own.files(url);
        self.steps.copy(files.iter().map(|(target, _)| size_of::<Target>() + bytes_of_target(target)).sum());
        files
    }

    /// [`OwnSite::meaning`], counted.
    pub(crate) fn meaning(self, url: &str) -> Option<UrlMeaning> {
        self.count(url);
        self.own.meaning(url)
    }

    /// Whether a text begins with an address on one of the own hosts, or in the form of a Confluence file.
    pub(crate) fn begins_with_address(self, text: &str) -> bool {
        let host = beginning(text, LONGEST_HOST);
        self.steps.look(host.len());
        if self.own.is_complete_own_url(host) {
            return true;
        }
        let form = beginning(text, LONGEST_FORM);
        self.steps.look(form.len());
        self.own.is_complete_address(form)
    }

    /// An address is looked at from its beginning to find scheme, host, query and fragment, and cut into segments.
    fn count(self, url: &str) {
        self.steps.look(url.len().saturating_mul(4) + 1);
    }
}

impl Deref for Site<'_> {
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
        // they hold each other no deeper than addresses within addresses are followed
        Target::OnUnknownHost { host, targets } => {
            host.len() + targets.iter().map(|target| size_of::<Target>() + bytes_of_target(target)).sum::<usize>()
        }
        Target::NamesIn { text } => text.len(),
        Target::SpaceAttachments { space } => space.as_ref().map_or(0, String::len),
        Target::UntoldNames | Target::SearchResults => 0,
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

/// The beginning of a text, of at most so many bytes and no half character.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
