//! Probe requests of `doctor`: single GETs whose responses are returned whatever their status.

use super::api::{Api, Endpoints};
use super::cloud;
use super::error::RequestError;
use super::parameters::CommentKind;
use super::request::Request;

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
    /// How many contents of a type the search finds.
    Total(&'static str),
    /// The content properties of a page.
    PropertiesOfPage(&'a str),
    /// Data Center: how much the site has by its own count.
    InstanceMetrics,
    /// Data Center: the contents of a type by cursor.
    Scan(&'static str),
    /// Data Center: the contents of a type by the number of the first item.
    ContentsByStart(&'static str),
    /// Data Center: comments by search.
    CommentsBySearch,
    /// Data Center: pages with their files.
    PagesWithFiles,
    /// Data Center: the trash of a space, by its key.
    SpaceTrash(&'a str),
    /// Data Center: the spaces with rules for deleting old versions.
    RetentionPolicies,
    /// The versions of an attachment.
    AttachmentVersions(&'a str),
    /// Pages with the workflow property of Comala for Data Center.
    WorkflowPropertyOfPages,
    /// The workflow parameters of a page from Comala for Data Center.
    WorkflowParameters(&'a str),
    /// Information about the site, including its edition.
    SystemInfo,
    /// A v1 endpoint, for a page id and a space key.
    Endpoint(ProbedEndpoint, &'a str, &'a str),
}

impl ProbeTarget<'_> {
    /// Returns the same target with placeholders for everything that is data of the site.
    fn template(self) -> ProbeTarget<'static> {
        match self {
            Self::CurrentUser => ProbeTarget::CurrentUser,
            Self::Person(_) => ProbeTarget::Person("{account}"),
            Self::Spaces => ProbeTarget::Spaces,
            Self::Pages => ProbeTarget::Pages,
            Self::PagesOfSpace(_) => ProbeTarget::PagesOfSpace("{space}"),
            Self::BlogPosts => ProbeTarget::BlogPosts,
            Self::Attachments => ProbeTarget::Attachments,
            Self::AttachmentsOfPage(_) => ProbeTarget::AttachmentsOfPage("{id}"),
            Self::AttachmentVersion(..) => ProbeTarget::AttachmentVersion("{id}", 0),
            Self::Draft(_) => ProbeTarget::Draft("{id}"),
            Self::Comments(which) => ProbeTarget::Comments(which),
            Self::Replies(which, _) => ProbeTarget::Replies(which, "{id}"),
            Self::Labels => ProbeTarget::Labels,
            Self::PageTemplates => ProbeTarget::PageTemplates,
            Self::BlueprintTemplates => ProbeTarget::BlueprintTemplates,
            Self::PagesBySearch => ProbeTarget::PagesBySearch,
            Self::HeaderImagesOfPages => ProbeTarget::HeaderImagesOfPages,
            Self::PublishedHeaderImages => ProbeTarget::PublishedHeaderImages,
            Self::HeaderImages => ProbeTarget::HeaderImages,
            Self::WorkflowFields => ProbeTarget::WorkflowFields,
            Self::WorkflowStatus(_) => ProbeTarget::WorkflowStatus("{id}"),
            Self::Total(content_type) => ProbeTarget::Total(content_type),
            Self::PropertiesOfPage(_) => ProbeTarget::PropertiesOfPage("{id}"),
            Self::InstanceMetrics => ProbeTarget::InstanceMetrics,
            Self::Scan(content_type) => ProbeTarget::Scan(content_type),
            Self::ContentsByStart(content_type) => ProbeTarget::ContentsByStart(content_type),
            Self::CommentsBySearch => ProbeTarget::CommentsBySearch,
            Self::PagesWithFiles => ProbeTarget::PagesWithFiles,
            Self::SpaceTrash(_) => ProbeTarget::SpaceTrash("{space}"),
            Self::RetentionPolicies => ProbeTarget::RetentionPolicies,
            Self::AttachmentVersions(_) => ProbeTarget::AttachmentVersions("{id}"),
            Self::WorkflowPropertyOfPages => ProbeTarget::WorkflowPropertyOfPages,
            Self::WorkflowParameters(_) => ProbeTarget::WorkflowParameters("{id}"),
            Self::SystemInfo => ProbeTarget::SystemInfo,
            Self::Endpoint(endpoint, ..) => ProbeTarget::Endpoint(endpoint, "{id}", "{space}"),
        }
    }
}

impl Api {
    /// Returns the request of a probe without anything of the site; fails if the product lacks its target.
    pub fn probe_template(&self, probe: &ProbeRequest<'_>) -> Result<ProbeTemplate, RequestError> {
        match &self.endpoints {
            Endpoints::Cloud(_) => cloud::probe_template(probe),
            Endpoints::DataCenter(site) => site.probe_template(probe),
        }
    }
}

/// The request of a probe without anything of the site: neither host nor context path, and placeholders in braces
/// for ids, keys and positions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProbeTemplate {
    /// HTTP method.
    pub method: String,
    /// Path below the context path.
    pub path: String,
    /// Query parameters: names, and the values that this program chose.
    pub parameters: Vec<(String, String)>,
}

impl ProbeTemplate {
    /// Describes a request that was made from a template.
    pub(crate) fn of(request: &Request) -> Self {
        let parameters = request.query.iter().map(|(name, value)| {
            let value = match name.as_str() {
                "version" | "start" => "{number}",
                _ => value,
            };
            (name.clone(), value.to_owned())
        });
        Self { method: request.method().to_string(), path: request.path(), parameters: parameters.collect() }
    }
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

    /// Returns the probe with placeholders for everything that is data of the site.
    pub(crate) fn template(&self) -> ProbeRequest<'static> {
        ProbeRequest {
            target: self.target.template(),
            limit: self.limit,
            statuses: self.statuses.iter().map(|status| known_status(status)).collect(),
            ids: self.ids.first().map(|_| "{id}").into_iter().collect(),
            order: self.order,
            bodies: self.bodies,
            cursor: self.cursor.map(|_| "{cursor}"),
        }
    }

    /// Returns whether this is its target.
    pub fn is_to(&self, target: ProbeTarget<'_>) -> bool {
        self.target == target
    }

    /// Returns whether the target is one object, not a list.
    pub fn is_to_one(&self) -> bool {
        matches!(
            self.target,
            ProbeTarget::CurrentUser
                | ProbeTarget::Person(_)
                | ProbeTarget::AttachmentVersion(..)
                | ProbeTarget::Draft(_)
                | ProbeTarget::WorkflowStatus(_)
                | ProbeTarget::WorkflowParameters(_)
                | ProbeTarget::InstanceMetrics
                | ProbeTarget::SystemInfo
        )
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

/// Returns a status of the API; a placeholder for any other text.
fn known_status(status: &str) -> &'static str {
    let known = ["current", "archived", "trashed", "deleted", "draft", "historical", "any"];
    known.into_iter().find(|known| *known == status).unwrap_or("{status}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Credentials;
    use crate::{ConnectionSettings, Deployment};

    #[test]
    fn a_template_has_nothing_of_the_site() {
        let endpoint = ProbedEndpoint("space/KEY/state");
        for target in [
            ProbeTarget::Person("SECRET"),
            ProbeTarget::PagesOfSpace("SECRET"),
            ProbeTarget::AttachmentVersion("SECRET", 99),
            ProbeTarget::Replies(CommentKind::Inline, "SECRET"),
            ProbeTarget::PropertiesOfPage("SECRET"),
            ProbeTarget::AttachmentVersions("SECRET"),
            ProbeTarget::WorkflowStatus("SECRET"),
            ProbeTarget::Endpoint(endpoint, "SECRET", "SECRET"),
        ] {
            let probe = ProbeRequest::to(target).ids(vec!["SECRET"]).statuses(&["SECRET"]).from(Some("SECRET"));
            let template = format!("{:?}", cloud::probe_template(&probe).unwrap());
            assert!(!template.contains("SECRET") && !template.contains("99"), "{template}");
        }
        let version = cloud::probe_template(&ProbeRequest::to(ProbeTarget::AttachmentVersion("att1", 3))).unwrap();
        assert_eq!((version.method.as_str(), version.path.as_str()), ("GET", "/api/v2/attachments/{id}"));
        assert_eq!(version.parameters, [("version".to_owned(), "{number}".to_owned())]);
    }

    #[test]
    fn a_template_of_data_center_has_nothing_of_the_site() {
        let base = "https://wiki.example.com/confluence";
        let settings = ConnectionSettings {
            deployment: Some(Deployment::DataCenter),
            ..ConnectionSettings::new(base, Credentials::bearer("token".to_owned().into()))
        };
        let api = Api::new(settings).unwrap();
        let secret = "SECRET";
        let path_of = |target: ProbeTarget<'_>| {
            let probe = ProbeRequest::to(target).ids(vec![secret]).statuses(&[secret]).from(Some(secret)).bodies();
            let template = api.probe_template(&probe).unwrap();
            let text = format!("{template:?}");
            assert!(["SECRET", "99", "example", "/confluence"].iter().all(|data| !text.contains(data)), "{text}");
            template.path
        };
        for (target, path) in [
            (ProbeTarget::Person(secret), "/rest/api/user"),
            (ProbeTarget::PagesOfSpace(secret), "/rest/api/content/scan"),
            (ProbeTarget::AttachmentsOfPage(secret), "/rest/api/content/{id}/child/attachment"),
            (ProbeTarget::AttachmentVersion(secret, 99), "/rest/api/content/{id}"),
            (ProbeTarget::Draft(secret), "/rest/api/content/{id}"),
            (ProbeTarget::PropertiesOfPage(secret), "/rest/api/content/{id}/property"),
            (ProbeTarget::Scan("page"), "/rest/api/content/scan"),
            (ProbeTarget::ContentsByStart("blogpost"), "/rest/api/content"),
            (ProbeTarget::CommentsBySearch, "/rest/api/content/search"),
            (ProbeTarget::PagesWithFiles, "/rest/api/content"),
            (ProbeTarget::SpaceTrash(secret), "/rest/api/space/{space}/trash"),
            (ProbeTarget::RetentionPolicies, "/rest/api/space"),
            (ProbeTarget::AttachmentVersions(secret), "/rest/experimental/content/{id}/version"),
            (ProbeTarget::WorkflowPropertyOfPages, "/rest/api/content"),
            (ProbeTarget::WorkflowParameters(secret), "/rest/cw/1/content/{id}/parameters"),
            (ProbeTarget::WorkflowStatus(secret), "/rest/cw/1/content/{id}/status"),
            (ProbeTarget::Endpoint(ProbedEndpoint("space/KEY/state"), secret, secret), "/rest/api/space/{space}/state"),
        ] {
            assert_eq!(path_of(target), path);
        }
    }
}
