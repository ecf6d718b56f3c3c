//! What the doctor looks at: one answer at a time, as it comes.

use super::choices::CommentKind;

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// Who the credentials belong to.
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
    /// The templates of pages.
    PageTemplates,
    /// The templates of blueprints.
    BlueprintTemplates,
    /// A search for pages, with their bodies.
    PagesBySearch,
    /// A search for pages, with the property of the published header image.
    HeaderImagesOfPages,
    /// A search for pages and blog posts, with the property of the published header image.
    PublishedHeaderImages,
    /// A search for pages and blog posts, with both properties of header images.
    HeaderImages,
    /// A search with the fields of Comala on Cloud.
    WorkflowFields,
    /// The workflow status of a page by Comala on Data Center.
    WorkflowStatus(&'a str),
    /// What the site tells about itself, its edition among that.
    SystemInfo,
    /// An endpoint by its name, for a page id and a space key.
    Endpoint(Endpoint, &'a str, &'a str),
}

/// An endpoint that the documents name, with `ID` for the page and `KEY` for the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint(pub(crate) &'static str);

impl Endpoint {
    /// Those that were announced to go.
    pub const RETIRED: [Self; 6] = [
        Self("space"),
        Self("content"),
        Self("content/ID"),
        Self("content/ID/child/attachment"),
        Self("content/ID/property"),
        Self("content/ID/version"),
    ];

    /// Older ones that nothing newer replaces.
    pub const WITHOUT_SUCCESSOR: [Self; 6] = [
        Self("content/ID/state"),
        Self("space/KEY/state"),
        Self("template/page"),
        Self("analytics/content/ID/views"),
        Self("analytics/content/ID/viewers"),
        Self("user/current"),
    ];

    /// The name.
    pub fn name(self) -> &'static str {
        self.0
    }
}

/// How a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The last modified first.
    LastModifiedFirst,
    /// The first created first.
    FirstCreatedFirst,
}

/// One look at a place; for a list, at one page of it.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) limit: Option<u32>,
    pub(crate) statuses: Vec<&'a str>,
    pub(crate) ids: Vec<&'a str>,
    pub(crate) order: Option<Order>,
    pub(crate) bodies: bool,
    pub(crate) cursor: Option<&'a str>,
}

impl<'a> Look<'a> {
    /// A look at a place.
    pub fn at(place: Place<'a>) -> Self {
        Self { place, limit: None, statuses: vec![], ids: vec![], order: None, bodies: false, cursor: None }
    }

    /// Whether this is where it looks.
    pub fn is_at(&self, place: Place<'_>) -> bool {
        self.place == place
    }

    /// With so many items at most.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Those of these statuses.
    #[must_use]
    pub fn statuses(self, statuses: &[&'a str]) -> Self {
        Self { statuses: statuses.to_vec(), ..self }
    }

    /// Those with these ids.
    #[must_use]
    pub fn ids(self, ids: Vec<&'a str>) -> Self {
        Self { ids, ..self }
    }

    /// In this order.
    #[must_use]
    pub fn order(self, order: Order) -> Self {
        Self { order: Some(order), ..self }
    }

    /// With their bodies.
    #[must_use]
    pub fn bodies(self) -> Self {
        Self { bodies: true, ..self }
    }

    /// The page that begins here.
    #[must_use]
    pub fn from(self, cursor: Option<&'a str>) -> Self {
        Self { cursor, ..self }
    }
}
