//! URLs of the site: which attachment or content an address names.

use base64::Engine as _;
use base64::alphabet::Alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

use crate::reference::{Certainty, ContainerRef, NameMatching, Target};

mod file_address_forms;
mod files;
mod page_addresses;
mod query_files;

use files::with_slashes;

/// The hosts and the context path of the site that a body belongs to. An address on any other host does not name a file
/// of the site. If it has the form of a Confluence file, it is kept with its host ([`Target::OnUnknownHost`]), because
/// the site may have used that host before.
///
/// ```
/// use storage_format::{OwnSite, Target, parse};
///
/// let link = r#"<a href="https://wiki.acme.example/download/attachments/98319/a.png">a</a>"#;
/// let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
/// assert!(matches!(parse(link, &site).references[0].target, Target::OnUnknownHost { .. }));
/// let with_alias = OwnSite::new("https://acme.atlassian.net/wiki", &["wiki.acme.example".to_owned()]);
/// assert!(matches!(parse(link, &with_alias).references[0].target, Target::File { .. }));
/// ```
#[derive(Debug, Clone)]
pub struct OwnSite {
    /// The host that `context` belongs to.
    base_host: String,
    hosts: Vec<String>,
    /// Those of `hosts` that the site used before: ids in their addresses may belong to another site.
    former: Vec<String>,
    context: String,
}

/// What a URL of the site names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UrlMeaning {
    /// Files, each with the certainty of that form of address; more than one if the name can be decoded in several
    /// ways.
    Files(Vec<(Target, Certainty)>),
    /// A content by id.
    ContentId(String),
    /// A content of any kind by id.
    AnyId(String),
    /// A content by id, in a form of address that drafts and apps use too.
    PossibleId(String),
    /// A content by the id it had on a former host.
    FormerId(String),
    /// A page by space and title.
    PageTitle { space: String, title: String },
    /// A space by key.
    Space(String),
}

impl UrlMeaning {
    /// Converts the meaning of an address that opens a draft, which may be visible only to its author.
    fn of_a_draft(self) -> Self {
        match self {
            Self::ContentId(id) | Self::AnyId(id) => Self::PossibleId(id),
            other => other,
        }
    }

    /// Converts the meaning of an address on a former host: an id in it may belong to a different content here, so it
    /// counts only if the content with that id also has a file of that name.
    fn of_former_host(self) -> Self {
        let targets = match self {
            Self::Files(targets) => targets,
            Self::ContentId(id) | Self::AnyId(id) | Self::PossibleId(id) => return Self::FormerId(id),
            other => return other,
        };
        let former = |page: String| ContainerRef::FormerId(page);
        let files = targets.into_iter().flat_map(|(target, certainty)| match target {
            Target::File { name, other_readings, container: ContainerRef::Content(page), matching } => {
                vec![(Target::File { name, other_readings, container: former(page), matching }, certainty)]
            }
            Target::Attachment { id, fallback } => {
                let by_name = fallback.map(|(page, name)| {
                    let (other_readings, matching) = (vec![name.replace('+', " ")], NameMatching::Loose);
                    Target::File { name, other_readings, container: former(page), matching }
                });
                let by_id = Target::Attachment { id, fallback: None };
                std::iter::once(by_id).chain(by_name).map(|target| (target, Certainty::Possible)).collect()
            }
            other => vec![(other, certainty)],
        });
        Self::Files(files.collect())
    }
}

/// Decodes `%XX` in a path or query. Invalid UTF-8 is read as Latin-1, which old servers wrote.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    match String::from_utf8(bytes) {
        Ok(decoded) => decoded,
        Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
    }
}

impl OwnSite {
    /// `base_url` includes the context path (`https://acme.atlassian.net/wiki`). `hosts` are further hosts of the site,
    /// with their port if it is not the default one.
    pub fn new(base_url: &str, hosts: &[String]) -> Self {
        let (host, path) = split_absolute(base_url).unwrap_or_default();
        let mut own: Vec<String> = hosts.iter().map(|host| normal_host(host)).collect();
        own.push(host.clone());
        own.retain(|host| !host.is_empty());
        own.sort();
        own.dedup();
        Self { base_host: host, hosts: own, former: Vec::new(), context: path.trim_matches('/').to_owned() }
    }

    /// Adds hosts that the site used before. After a migration to another deployment, the ids in their addresses are
    /// those of the old deployment, and may belong to different contents here.
    #[must_use]
    pub fn with_former_hosts(mut self, hosts: &[String]) -> Self {
        self.former = hosts.iter().map(|host| normal_host(host)).filter(|host| *host != self.base_host).collect();
        self.hosts.extend(self.former.iter().cloned());
        self.hosts.sort();
        self.hosts.dedup();
        self
    }

    /// Returns a text that is equal for two sites if, and only if, every URL means the same on both.
    pub fn identity(&self) -> String {
        // hosts and paths come from a URL, so they do not contain line breaks
        format!("{}\n{}\n{}\n{}", self.base_host, self.hosts.join(" "), self.former.join(" "), self.context)
    }

    /// Whether `url` is absolute and on a host of the site.
    pub(crate) fn is_complete_own_url(&self, url: &str) -> bool {
        split_absolute(url).is_some_and(|(host, _)| self.hosts.contains(&host))
    }

    /// Returns what `url` names on this site; `None` for other hosts and for addresses that name neither a file nor a
    /// content. `url` is an attribute value after XML decoding.
    pub(crate) fn meaning(&self, url: &str) -> Option<UrlMeaning> {
        let url = &*with_slashes(url.trim());
        let absolute = split_absolute(url);
        if let Some(id) = media_file_id(url, absolute.as_ref()) {
            return Some(UrlMeaning::Files(vec![(Target::FileId { id }, Certainty::Possible)]));
        }
        if absolute.as_ref().is_some_and(|(host, _)| self.former.contains(host)) {
            return self.local_meaning(url, absolute.as_ref()).map(UrlMeaning::of_former_host);
        }
        self.local_meaning(url, absolute.as_ref())
    }

    fn local_meaning(&self, url: &str, absolute: Option<&(String, &str)>) -> Option<UrlMeaning> {
        let (local, is_alias) = match absolute {
            Some((host, rest)) if self.hosts.contains(host) => (*rest, *host != self.base_host),
            Some(_) => return None,
            // mailto:, data:, javascript: and others
            None if has_scheme(url) => return None,
            None => (url, false),
        };
        let local = local.split('#').next().unwrap_or_default();
        let (path, query) = local.split_once('?').unwrap_or((local, ""));
        if let Some(target) = preview_target(query) {
            return Some(UrlMeaning::Files(vec![(target, Certainty::Proven)]));
        }
        // the destination of a login page, whose address people copy; a destination with a further one is ignored
        if let Some(destination) = query_value(query, "os_destination").filter(|url| !url.contains("os_destination")) {
            return self.meaning(&destination);
        }
        let segments = self.segments(path);
        // the context path of a former host is not known; addresses without a host may still contain it
        let below_context = segments.get(1..);
        let elsewhere =
            || path_meaning(below_context?).filter(|meaning| is_alias || matches!(meaning, UrlMeaning::Files(_)));
        let by_query = || page_addresses::by_id(&segments, query).or_else(|| page_addresses::meaning(&segments, query));
        let meaning = path_meaning(&segments).or_else(elsewhere).or_else(by_query)?;
        Some(if page_addresses::names_a_draft(query) { meaning.of_a_draft() } else { meaning })
    }

    /// Splits a path into the segments below the context path, which may be missing in migrated content.
    fn segments<'a>(&self, path: &'a str) -> Vec<&'a str> {
        let mut segments: Vec<&str> = Vec::new();
        for segment in path.split('/') {
            match segment {
                "" | "." => {}
                ".." => drop(segments.pop()),
                _ => segments.push(segment),
            }
        }
        let context: Vec<&str> = self.context.split('/').filter(|part| !part.is_empty()).collect();
        if !context.is_empty() && segments.starts_with(&context) {
            segments.drain(..context.len());
        } else if segments.first() == Some(&"wiki") {
            segments.remove(0);
        }
        // `/s/…/_/` is a prefix of static resources, so that browsers cache them
        if let Some(end) = segments.iter().position(|segment| *segment == "_")
            && segments[..end].iter().take(2).any(|segment| *segment == "s")
        {
            segments.drain(..=end);
        }
        segments
    }
}

/// Splits `http(s)://host[:port]/rest` or `//host/rest` into the normalized host and the rest.
fn split_absolute(url: &str) -> Option<(String, &str)> {
    let rest = match url.find("//")? {
        0 => &url[2..],
        at => {
            let scheme = url[..at].strip_suffix(':')?;
            if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
                return None;
            }
            &url[at + 2..]
        }
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    Some((normal_host(host), rest))
}

/// Normalizes a host: lower case, no trailing dot, no default port of either scheme, because servers redirect from one
/// to the other.
fn normal_host(host: &str) -> String {
    let mut host = host.to_lowercase();
    for port in [":80", ":443"] {
        if let Some(bare) = host.strip_suffix(port) {
            host.truncate(bare.len());
            break;
        }
    }
    if host.ends_with('.') {
        host.pop();
    }
    host
}

fn has_scheme(url: &str) -> bool {
    let Some(colon) = url.find(':') else { return false };
    let scheme = &url[..colon];
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the digits of an attachment id: `att123` or `123` → `123`.
pub(crate) fn attachment_digits(text: &str) -> Option<&str> {
    let digits = text.strip_prefix("att").unwrap_or(text);
    is_digits(digits).then_some(digits)
}

/// Whether `text` has the form of a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Returns the file id in an address of the media service: `https://api.media.atlassian.com/file/{id}/…`, the same on
/// `media-cdn`, and `blob:…#…id={id}&collection=…`. `absolute` is the result of [`split_absolute`].
fn media_file_id(url: &str, absolute: Option<&(String, &str)>) -> Option<String> {
    if let Some((host, path)) = absolute {
        let is_media = host == "api.media.atlassian.com"
            || (host.starts_with("media-cdn.")
                && (host.ends_with(".atlassian.com") || host.ends_with(".atl-paas.net")));
        if !is_media {
            return None;
        }
        let id = path.split_once("/file/")?.1.split(['/', '?', '#']).next()?;
        return is_uuid(id).then(|| id.to_ascii_lowercase());
    }
    let fragment = url.strip_prefix("blob:")?.split_once('#')?.1;
    let id = query_value(fragment.trim_start_matches('?'), "id")?;
    is_uuid(&id).then(|| id.to_ascii_lowercase())
}

/// Returns the decoded value of a query parameter. `;` is not a separator: it occurs in names.
fn query_value(query: &str, key: &str) -> Option<String> {
    // `&amp;` remains in an address that was escaped twice
    query
        .split('&')
        .map(|part| part.strip_prefix("amp;").unwrap_or(part))
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| *name == key)
        .map(|(_, value)| percent_decode(value))
}

/// Parses `preview=/PAGE/ATTACHMENT/name`, encoded once or twice: the attachment id decides, the name may be an old
/// one.
fn preview_target(query: &str) -> Option<Target> {
    let once = query_value(query, "preview")?;
    let twice = percent_decode(&once);
    [once, twice].iter().find_map(|value| {
        let mut parts = value.trim_start_matches('/').splitn(3, '/');
        let (page, attachment, name) = (parts.next()?, parts.next()?, parts.next().unwrap_or_default());
        let id = attachment_digits(attachment)?.to_owned();
        let fallback = (is_digits(page) && !name.is_empty()).then(|| (page.to_owned(), name.to_owned()));
        Some(Target::Attachment { id, fallback })
    })
}

fn path_meaning(segments: &[&str]) -> Option<UrlMeaning> {
    match segments {
        ["download", "attachments" | "thumbnails", "embedded-page", space, title, name, ..] => {
            let container = ContainerRef::Page { title: title_in_path(title), space: Some(percent_decode(space)) };
            Some(UrlMeaning::Files(file_readings(name, &container)))
        }
        ["download", "attachments" | "thumbnails", page, name, ..] if is_digits(page) => {
            Some(UrlMeaning::Files(file_readings(name, &ContainerRef::Content((*page).to_owned()))))
        }
        ["rest", "api", "content", _, "child", "attachment", id, ..] => by_attachment_id(id, Certainty::Proven),
        ["api", "v2", "attachments", id, ..]
        | ["rest", "documentConversion", "latest", "conversion", "thumbnail", id, ..] => {
            by_attachment_id(id, Certainty::Possible)
        }
        ["rest", "api", "content", id, ..] if id.starts_with("att") => by_attachment_id(id, Certainty::Possible),
        ["spaces", _, "pages" | "blog", rest @ ..] => {
            let id = rest.iter().find(|part| is_digits(part) && part.len() > 4).or(rest.first())?;
            let is_edited = rest.first().is_some_and(|part| part.starts_with("edit"));
            let meaning = if is_edited { UrlMeaning::PossibleId } else { UrlMeaning::ContentId };
            is_digits(id).then(|| meaning((*id).to_owned()))
        }
        ["display", space, title] => {
            Some(UrlMeaning::PageTitle { space: percent_decode(space), title: title_in_path(title) })
        }
        ["x", code] => tiny_link(code).map(UrlMeaning::AnyId),
        _ => None,
    }
}

/// Decodes a title in a path: `+` is a space there, unless spaces are written as `%20`.
fn title_in_path(title: &str) -> String {
    percent_decode(&if title.contains("%20") { title.to_owned() } else { title.replace('+', " ") })
}

fn by_attachment_id(id: &str, certainty: Certainty) -> Option<UrlMeaning> {
    let id = attachment_digits(id)?.to_owned();
    Some(UrlMeaning::Files(vec![(Target::Attachment { id, fallback: None }, certainty)]))
}

/// Returns the possible meanings of the name in a download path. It is decoded once; a second decoding and the raw
/// spelling are tried if that matches no file. `+` may be a space: then both readings may be meant.
fn file_readings(raw: &str, container: &ContainerRef) -> Vec<(Target, Certainty)> {
    let file = |raw: &str| {
        let name = percent_decode(raw);
        let mut other_readings = Vec::new();
        // old servers wrote the session id into the path
        let without_session = raw.split(";jsessionid=").next().map(percent_decode).unwrap_or_default();
        // a query whose question mark was encoded with the name
        let without_query = raw.find("%3F").or_else(|| raw.find("%3f")).map(|at| percent_decode(&raw[..at]));
        let without_query = without_query.unwrap_or_default();
        for reading in [percent_decode(&name), raw.to_owned(), without_session, without_query] {
            if reading != name && !reading.is_empty() && !other_readings.contains(&reading) {
                other_readings.push(reading);
            }
        }
        Target::File { name, other_readings, container: container.clone(), matching: NameMatching::Loose }
    };
    if raw.is_empty() {
        return Vec::new();
    }
    let mut targets = vec![(file(raw), Certainty::Proven)];
    if raw.contains('+') {
        targets.push((file(&raw.replace('+', "%20")), Certainty::Possible));
    }
    targets
}

/// Base64 with `/` written `-` and `+` written `_`.
const TINY_LINK: GeneralPurpose = {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    let Ok(alphabet) = Alphabet::new(letters) else { panic!("64 different letters") };
    let unpadded = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireNone);
    GeneralPurpose::new(&alphabet, unpadded.with_decode_allow_trailing_bits(true))
};

/// Decodes the content id in a tiny link `/x/{code}`: its bytes in little-endian order, without trailing `A`s.
fn tiny_link(code: &str) -> Option<String> {
    let code = code.split(['?', '#']).next()?;
    let bytes = TINY_LINK.decode(format!("{code:A<11}")).ok()?;
    let id = u64::from_le_bytes(bytes.try_into().ok()?);
    (id > 0).then(|| id.to_string())
}

#[cfg(test)]
mod tests;
