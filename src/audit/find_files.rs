//! Finds the files that a person means by an id, a name or an address.

use std::borrow::Cow;
use std::collections::BTreeSet;

use strsim::levenshtein;
use url::Url;

use super::resolve_reference::{names_in, resolve};
use super::site_index::{SiteIndex, fold, same_nfc};
use super::work_meter::WorkMeter;
use crate::inventory::{Attachment, Content, ContentId, ContentKind, Inventory, Status};
use storage_format::{PageLink, ParseDepth, Reference, Target, TodoMarkers, parse_with_depth};

/// Most similar names that are suggested.
const MAX_SIMILAR: usize = 5;

/// Most characters of a name that are compared with other names: longer ones are no misspelling.
const MAX_COMPARED: usize = 255;

/// What was found. Files are indexes into `Inventory::attachments`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFiles {
    /// How the text was understood.
    pub typed_as: TypedAs,
    /// The files that are meant, in the order of the inventory.
    pub files: Vec<usize>,
    /// Other files that had this name in an earlier version, while those in `files` have it now.
    pub formerly: Vec<usize>,
    /// Files with a similar name, if no file is meant.
    pub similar: Vec<usize>,
}

/// How a text was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedAs {
    /// An id or a name.
    IdOrName,
    /// An address of a file on this site.
    FileAddress,
    /// The address or id of a content: all of its files are meant. An index into `Inventory::contents`.
    Page(usize),
    /// An address of this site that names no file, and no content that was read.
    OtherAddress,
    /// An address on a host that is not known as one of this site.
    OtherHost(String),
}

/// Returns the files that `typed` means: an attachment id with or without `att`, a media id, the name of any version,
/// the address of a file or of its screen or endpoint, a link to a row of a report, or the address or id of a page.
pub fn find_files(inventory: &Inventory, typed: &str) -> FoundFiles {
    let index = SiteIndex::new(inventory);
    let mut files: BTreeSet<usize> = by_id(&index, typed.trim()).collect();
    let all: Vec<usize> = (0..inventory.attachments.len()).collect();
    let named = [typed, typed.trim()].into_iter().find_map(|name| by_name(inventory, &all, name));
    let (now, formerly) = named.unwrap_or_default();
    files.extend(now);
    let formerly = formerly.into_iter().filter(|file| !files.contains(file)).collect();
    if !files.is_empty() {
        let files = files.into_iter().collect();
        return FoundFiles { typed_as: TypedAs::IdOrName, files, formerly, similar: Vec::new() };
    }
    let none = |typed_as| FoundFiles { typed_as, files: Vec::new(), formerly: Vec::new(), similar: Vec::new() };
    if let Some(address) = as_address(inventory, typed.trim()) {
        return by_address(&index, &address);
    }
    if let Some(page) = index.content(typed.trim()) {
        return FoundFiles { files: files_of(inventory, &inventory.contents[page].id), ..none(TypedAs::Page(page)) };
    }
    FoundFiles { similar: similar_names(inventory, typed.trim()), ..none(TypedAs::IdOrName) }
}

fn by_id(index: &SiteIndex<'_>, typed: &str) -> impl Iterator<Item = usize> {
    let has_prefix = typed.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("att"));
    let digits = if has_prefix { &typed[3..] } else { typed };
    let by_media_id = index.files_by_file_id(&typed.to_lowercase()).to_vec();
    index.file_by_id(digits).into_iter().chain(by_media_id)
}

/// Returns those of the files that have a name now, and those that had it in an earlier version. Like for a name in a
/// body, the exact spelling comes first, then the same letters in another Unicode form, then in another case.
fn by_name(inventory: &Inventory, files: &[usize], name: &str) -> Option<(Vec<usize>, Vec<usize>)> {
    let folded = fold(name);
    let spellings: [&dyn Fn(&str) -> bool; 3] =
        [&|known| known == name, &|known| same_nfc(known, name), &|known| fold(known) == folded];
    let mut former = None;
    for is_same in spellings {
        let (mut now, mut before) = (Vec::new(), Vec::new());
        for &at in files {
            let file = &inventory.attachments[at];
            if is_same(&file.title) {
                now.push(at);
            } else if file.names().into_iter().any(is_same) {
                before.push(at);
            }
        }
        if !now.is_empty() {
            return Some((now, before));
        }
        if former.is_none() && !before.is_empty() {
            former = Some((before, Vec::new()));
        }
    }
    former
}

/// All files of a content, also those in the trash.
fn files_of(inventory: &Inventory, content: &ContentId) -> Vec<usize> {
    let is_own = |file: &Attachment| file.container.id() == Some(content);
    let files = inventory.attachments.iter().enumerate();
    files.filter(|(_, file)| is_own(file)).map(|(at, _)| at).collect()
}

/// Returns the text as an address of the site if it looks like an address. People also copy addresses without their
/// scheme, only the query, and addresses of the gateway, on which a token reads the site.
fn as_address<'t>(inventory: &Inventory, typed: &'t str) -> Option<Cow<'t, str>> {
    let scan = &inventory.scan;
    if let Some((_, rest)) = typed.split_once("/ex/confluence/").filter(|(origin, _)| origin.contains("://")) {
        let base = Url::parse(&scan.base_url).ok()?;
        let (_, path) = rest.split_once('/')?;
        return Some(Cow::Owned(format!("{}/{path}", base.origin().ascii_serialization())));
    }
    let begins_with_host = || {
        let host = |authority: &str| authority.split(':').next().unwrap_or_default().to_lowercase();
        let begin = typed.split('/').next().map(host).unwrap_or_default();
        typed.contains('/') && scan.own_hosts.iter().any(|own| host(own) == begin)
    };
    match typed {
        _ if typed.contains("://") || typed.starts_with('/') || typed.contains("preview=") => {
            Some(Cow::Borrowed(typed))
        }
        _ if begins_with_host() => Some(Cow::Owned(format!("https://{typed}"))),
        _ => None,
    }
}

fn by_address(index: &SiteIndex<'_>, address: &str) -> FoundFiles {
    let inventory = index.inventory;
    let mut found =
        FoundFiles { typed_as: TypedAs::FileAddress, files: Vec::new(), formerly: Vec::new(), similar: Vec::new() };
    // a link to a row, copied from a page of a report
    if let Some(id) = address.split_once('#').and_then(|(_, fragment)| opened_row(fragment)) {
        found.files = by_id(index, &id).collect();
        if !found.files.is_empty() {
            return found;
        }
    }
    let body = format!("<a href=\"{}\">x</a>", escaped(address));
    let body = parse_with_depth(&body, &inventory.scan.own_site(), ParseDepth::Measures(&TodoMarkers::default()));
    let (visitor, work) = (visitor(), WorkMeter::default());
    let mut files = BTreeSet::new();
    for reference in &body.references {
        let resolution = resolve(index, reference, &visitor, &work);
        if let Some(elsewhere) = resolution.on_unknown_host {
            found.typed_as = TypedAs::OtherHost(elsewhere.host);
            found.similar.extend(elsewhere.files);
            continue;
        }
        files.extend(resolution.hits.iter().map(|hit| hit.attachment));
        if resolution.hits.is_empty() {
            files.extend(in_trash(inventory, reference, &resolution.containers));
        }
    }
    found.files = files.into_iter().collect();
    if !found.files.is_empty() || matches!(found.typed_as, TypedAs::OtherHost(_)) {
        found.similar.truncate(MAX_SIMILAR);
        return found;
    }
    if let Some(page) = body.page_links.iter().find_map(|link| page_of(index, link)) {
        found.files = files_of(inventory, &inventory.contents[page].id);
        found.typed_as = TypedAs::Page(page);
    } else if body.references.is_empty() {
        let host = Url::parse(address).ok().and_then(|url| Some(url.host_str()?.to_owned()));
        let is_own = |host: &String| inventory.scan.own_hosts.iter().any(|own| own.starts_with(host.as_str()));
        found.typed_as = host.filter(|host| !is_own(host)).map_or(TypedAs::OtherAddress, TypedAs::OtherHost);
    }
    let names = body.references.iter().flat_map(|reference| names_in(&reference.target));
    found.similar = names.flat_map(|name| similar_names(inventory, name)).take(MAX_SIMILAR).collect();
    found
}

/// Returns the id of the file that a link to a row of a report opens: `#?q=…&open=att7`.
fn opened_row(fragment: &str) -> Option<String> {
    let query = fragment.strip_prefix('?')?;
    url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "open").map(|(_, id)| id.into_owned())
}

/// A name in a page refers to no file in the trash; a person may ask about one.
fn in_trash(inventory: &Inventory, reference: &Reference, containers: &[String]) -> Vec<usize> {
    let Target::File { name, other_readings, .. } = &reference.target else { return Vec::new() };
    let is_there = |file: &Attachment| {
        file.status.is_trash()
            && file.container.id().is_some_and(|id| containers.iter().any(|known| known == id.as_str()))
    };
    let files = inventory.attachments.iter().enumerate();
    let files: Vec<usize> = files.filter(|(_, file)| is_there(file)).map(|(at, _)| at).collect();
    let mut readings = std::iter::once(name).chain(other_readings);
    readings.find_map(|name| by_name(inventory, &files, name)).unwrap_or_default().0
}

fn page_of(index: &SiteIndex<'_>, link: &PageLink) -> Option<usize> {
    match link {
        PageLink::Id(id) | PageLink::Any(id) | PageLink::Perhaps(id) | PageLink::Known { id, .. } => index.content(id),
        PageLink::Title { title, space } => index.pages(title, space.as_deref()).contents.first().copied(),
        PageLink::Post { title, space } => index.posts(title, space.as_deref()).contents.first().copied(),
        PageLink::Former(_) | PageLink::Space(_) => None,
    }
}

/// Someone outside of all pages: addresses without a host, and names without a page, refer to nothing of their own.
fn visitor() -> Content {
    Content {
        id: ContentId::new(""),
        kind: ContentKind::Template,
        status: Status::Current,
        title: String::new(),
        space: None,
        container: None,
        parent: None,
        created_at: None,
        author: None,
        owner: None,
        version: None,
        modified_at: None,
        last_editor: None,
        webui: None,
        body: None,
        header_images: Vec::new(),
        live: false,
        only_with_admin_key: false,
        unread: None,
        details: None,
    }
}

fn escaped(address: &str) -> String {
    address.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns files whose names contain the text, then those that a few other letters would spell, the most similar first.
fn similar_names(inventory: &Inventory, typed: &str) -> Vec<usize> {
    let folded = fold(typed);
    let length = folded.chars().count();
    if length == 0 || length > MAX_COMPARED {
        return Vec::new();
    }
    let mut ranked: Vec<(usize, usize)> = Vec::new();
    for (at, file) in inventory.attachments.iter().enumerate() {
        let rank = |name: &str| {
            let name = fold(name);
            let other = name.chars().count();
            let allowed = length.max(other).div_ceil(3);
            if name.contains(&folded) {
                return Some(0);
            }
            // a shorter text can only be that near if the lengths are
            let is_near = other <= MAX_COMPARED && length.abs_diff(other) <= allowed;
            is_near.then(|| levenshtein(&folded, &name)).filter(|&edits| edits <= allowed)
        };
        if let Some(rank) = file.names().into_iter().filter_map(rank).min() {
            ranked.push((rank, at));
        }
    }
    ranked.sort_unstable();
    ranked.into_iter().take(MAX_SIMILAR).map(|(_, at)| at).collect()
}
