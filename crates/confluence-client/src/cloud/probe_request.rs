//! Requests of `doctor`'s probes.

use super::{comments, with_all};
use crate::error::RequestError;
use crate::probe_request::{ProbeOrder, ProbeRequest, ProbeTarget, ProbedEndpoint};
use crate::request::Request;
use crate::request_kind::RequestKind;

/// Returns the request of a probe.
pub(super) fn request(probe: &ProbeRequest<'_>) -> Result<Request, RequestError> {
    let request = with_all(of_target(probe.target)?, "status", &probe.statuses);
    let request = with_all(request, "id", &probe.ids);
    let order = probe.order.map(|order| match order {
        ProbeOrder::LastModifiedFirst => "-modified-date",
        ProbeOrder::FirstCreatedFirst => "created-date",
    });
    let pairs = [
        ("sort", order.map(str::to_owned)),
        ("limit", probe.limit.map(|limit| limit.to_string())),
        ("body-format", probe.bodies.then(|| "storage".to_owned())),
        ("cursor", probe.cursor.map(str::to_owned)),
    ];
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Ok(pairs.fold(request, |request, (name, value)| request.with(name, value)))
}

fn of_target(target: ProbeTarget<'_>) -> Result<Request, RequestError> {
    let v2 = |segments: &[&str]| Request::v2(RequestKind::Doctor, segments);
    let v1 = |segments: &[&str]| Request::v1(RequestKind::Doctor, segments);
    let search = |cql: &str, expand: &str| v1(&["content", "search"]).with("cql", cql).with("expand", expand);
    let pages_and_posts = "type in (page,blogpost)";
    let published = "metadata.properties.cover-picture-id-published";
    Ok(match target {
        ProbeTarget::CurrentUser => v1(&["user", "current"]),
        ProbeTarget::Person(account) => v1(&["user", "bulk"]).with("accountId", account),
        ProbeTarget::Spaces => v2(&["spaces"]),
        ProbeTarget::Pages => v2(&["pages"]),
        ProbeTarget::PagesOfSpace(space) => v2(&["spaces", space, "pages"]),
        ProbeTarget::BlogPosts => v2(&["blogposts"]),
        ProbeTarget::Attachments => v2(&["attachments"]),
        ProbeTarget::AttachmentsOfPage(page) => v2(&["pages", page, "attachments"]),
        ProbeTarget::AttachmentVersion(id, version) => v2(&["attachments", id]).with("version", version.to_string()),
        ProbeTarget::Draft(page) => v2(&["pages", page]).with("get-draft", "true"),
        ProbeTarget::Comments(which) => v2(&[comments(which)]),
        ProbeTarget::Replies(which, comment) => v2(&[comments(which), comment, "children"]),
        ProbeTarget::Labels => v2(&["labels"]),
        ProbeTarget::PageTemplates => v1(&["template", "page"]),
        ProbeTarget::BlueprintTemplates => v1(&["template", "blueprint"]),
        ProbeTarget::PagesBySearch => search("type=page", "body.storage"),
        ProbeTarget::HeaderImagesOfPages => search("type=page", published),
        ProbeTarget::PublishedHeaderImages => search(pages_and_posts, published),
        ProbeTarget::HeaderImages => {
            search(pages_and_posts, &format!("{published},metadata.properties.cover-picture-id-draft"))
        }
        ProbeTarget::WorkflowFields => v1(&["content", "search"]).with("cql", "type=page and cw_enabled=true"),
        ProbeTarget::AttachmentVersions(id) => v2(&["attachments", id, "versions"]),
        ProbeTarget::WorkflowParameters(page) => Request::comala(RequestKind::Doctor, &["content", page, "parameters"]),
        ProbeTarget::WorkflowStatus(page) => Request::comala(RequestKind::Doctor, &["content", page, "status"]),
        ProbeTarget::Total(content_type) => v1(&["search"]).with("cql", format!("type={content_type}")),
        ProbeTarget::PropertiesOfPage(page) => v2(&["pages", page, "properties"]),
        ProbeTarget::SystemInfo => v1(&["settings", "systemInfo"]),
        ProbeTarget::Endpoint(ProbedEndpoint(name), page, space) => {
            let segments: Vec<&str> = name
                .split('/')
                .map(|segment| match segment {
                    "ID" => page,
                    "KEY" => space,
                    fixed => fixed,
                })
                .collect();
            v1(&segments)
        }
        ProbeTarget::InstanceMetrics
        | ProbeTarget::Scan(_)
        | ProbeTarget::ContentsByStart(_)
        | ProbeTarget::CommentsBySearch
        | ProbeTarget::PagesWithFiles
        | ProbeTarget::SpaceTrash(_)
        | ProbeTarget::RetentionPolicies
        | ProbeTarget::WorkflowPropertyOfPages => {
            return Err(RequestError::Unsupported { what: "an endpoint of Data Center" });
        }
    })
}
