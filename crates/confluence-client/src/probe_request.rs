//! Probe requests of `doctor`: single GETs whose responses are returned whatever their status.

use super::parameters::CommentKind;

/// Target of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeTarget<'a> {
    /// The user of the credentials.
    CurrentUser,
    /// A person, by account id.
    Person(&'a str),
    /// The list of spaces.
    Spaces,
    /// The list of pages.
    Pages,
    /// The pages of a space, by its id.
    PagesOfSpace(&'a str),
    /// The list of blog posts.
    BlogPosts,
    /// The list of attachments.
    Attachments,
    /// The attachments of a page.
    AttachmentsOfPage(&'a str),
    /// One version of an attachment: id and number.
    AttachmentVersion(&'a str, u64),
    /// The draft of a page.
    Draft(&'a str),
    /// The list of comments.
    Comments(CommentKind),
    /// The replies to a comment.
    Replies(CommentKind, &'a str),
    /// The list of labels.
    Labels,
    /// The global page templates.
    PageTemplates,
    /// The global blueprint templates.
    BlueprintTemplates,
    /// A search for pages, with their bodies.
    PagesBySearch,
    /// A search for pages, with the property of the published header image.
    HeaderImagesOfPages,
    /// A search for pages and blog posts, with the property of the published header image.
    PublishedHeaderImages,
    /// A search for pages and blog posts, with both properties of header images.
    HeaderImages,
    /// A search with the fields of Comala for Cloud.
    WorkflowFields,
    /// The workflow status of a page from Comala for Data Center.
    WorkflowStatus(&'a str),
    /// Information about the site, including its edition.
    SystemInfo,
    /// A v1 endpoint, for a page id and a space key.
    Endpoint(ProbedEndpoint, &'a str, &'a str),
}

/// A v1 endpoint as in the documentation, with `ID` for the page and `KEY` for the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbedEndpoint(pub(crate) &'static str);

impl ProbedEndpoint {
    /// Endpoints whose removal was announced.
    pub const RETIRED: [Self; 6] = [
        Self("space"),
        Self("content"),
        Self("content/ID"),
        Self("content/ID/child/attachment"),
        Self("content/ID/property"),
        Self("content/ID/version"),
    ];

    /// Endpoints without a v2 successor.
    pub const WITHOUT_SUCCESSOR: [Self; 6] = [
        Self("content/ID/state"),
        Self("space/KEY/state"),
        Self("template/page"),
        Self("analytics/content/ID/views"),
        Self("analytics/content/ID/viewers"),
        Self("user/current"),
    ];

    /// Returns the path as the documentation writes it.
    pub fn name(self) -> &'static str {
        self.0
    }
}

/// Order of a probed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeOrder {
    /// Last modified first.
    LastModifiedFirst,
    /// First created first.
    FirstCreatedFirst,
}

/// A probe: a GET of one target; for a list, of one page of results.
#[derive(Debug, Clone)]
pub struct ProbeRequest<'a> {
    pub(crate) target: ProbeTarget<'a>,
    pub(crate) limit: Option<u32>,
    pub(crate) statuses: Vec<&'a str>,
    pub(crate) ids: Vec<&'a str>,
    pub(crate) order: Option<ProbeOrder>,
    pub(crate) bodies: bool,
    pub(crate) cursor: Option<&'a str>,
}

impl<'a> ProbeRequest<'a> {
    /// Creates a probe of a target.
    pub fn to(target: ProbeTarget<'a>) -> Self {
        Self { target, limit: None, statuses: vec![], ids: vec![], order: None, bodies: false, cursor: None }
    }

    /// Returns whether this is its target.
    pub fn is_to(&self, target: ProbeTarget<'_>) -> bool {
        self.target == target
    }

    /// Limits the number of items.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Restricts the list to these statuses.
    #[must_use]
    pub fn statuses(self, statuses: &[&'a str]) -> Self {
        Self { statuses: statuses.to_vec(), ..self }
    }

    /// Restricts the list to these ids.
    #[must_use]
    pub fn ids(self, ids: Vec<&'a str>) -> Self {
        Self { ids, ..self }
    }

    /// Sorts the list.
    #[must_use]
    pub fn order(self, order: ProbeOrder) -> Self {
        Self { order: Some(order), ..self }
    }

    /// Requests the bodies too.
    #[must_use]
    pub fn bodies(self) -> Self {
        Self { bodies: true, ..self }
    }

    /// Requests the page of results at a cursor.
    #[must_use]
    pub fn from(self, cursor: Option<&'a str>) -> Self {
        Self { cursor, ..self }
    }
}
