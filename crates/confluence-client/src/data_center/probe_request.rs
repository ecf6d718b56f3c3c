//! Requests of `doctor`'s probes.

use super::attachments::WITH_FILES;
use super::memory::SiteMemory;
use super::{ATTACHMENT, COMMENT, CONTENT, unsupported};
use crate::error::RequestError;
use crate::probe_request::{ProbeRequest, ProbeTarget, ProbedEndpoint};
use crate::request::Request;
use crate::request_kind::RequestKind;

/// Returns the request of a probe; fails if the product does not have its target. No list has an order, so a probe of
/// an order is one of the list.
pub(super) fn request(probe: &ProbeRequest<'_>, memory: &SiteMemory) -> Result<Request, RequestError> {
    let mut request = of_target(probe.target, memory)?;
    for status in &probe.statuses {
        request = request.with("status", *status);
    }
    for id in &probe.ids {
        request = request.with("ids", *id);
    }
    if probe.bodies {
        let others = request.query.iter().find(|(name, _)| name == "expand").map(|(_, others)| others.clone());
        let expand = others.map_or("body.storage".to_owned(), |others| format!("body.storage,{others}"));
        request = request.replacing("expand", expand);
    }
    let pairs = [("limit", probe.limit.map(|limit| limit.to_string())), ("cursor", probe.cursor.map(str::to_owned))];
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Ok(pairs.fold(request, |request, (name, value)| request.with(name, value)))
}

fn of_target(target: ProbeTarget<'_>, memory: &SiteMemory) -> Result<Request, RequestError> {
    let v1 = |segments: &[&str]| Request::v1(RequestKind::Doctor, segments);
    let experimental = |segments: &[&str]| Request::experimental(RequestKind::Doctor, segments);
    let scan = |content_type: &str| {
        let expand = if content_type == "comment" { COMMENT } else { CONTENT };
        v1(&["content", "scan"]).with("type", content_type).with("expand", expand)
    };
    Ok(match target {
        ProbeTarget::CurrentUser => v1(&["user", "current"]),
        ProbeTarget::Person(account) => v1(&["user"]).with("key", account),
        ProbeTarget::Spaces => v1(&["space"]),
        ProbeTarget::Pages => scan("page"),
        ProbeTarget::PagesOfSpace(space) => {
            let key = memory.space(space).map_or_else(|| space.to_owned(), |known| known.key);
            scan("page").with("spaceKey", key)
        }
        ProbeTarget::BlogPosts => v1(&["content"]).with("type", "blogpost").with("expand", CONTENT),
        ProbeTarget::Attachments => v1(&["content", "search"]).with("cql", "type=attachment"),
        ProbeTarget::AttachmentsOfPage(page) => {
            v1(&["content", page, "child", "attachment"]).with("expand", ATTACHMENT)
        }
        ProbeTarget::AttachmentVersion(id, version) => v1(&["content", id])
            .with("status", "historical")
            .with("version", version.to_string())
            .with("expand", "version,extensions"),
        ProbeTarget::Draft(page) => v1(&["content", page]).with("status", "draft").with("expand", CONTENT),
        ProbeTarget::Comments(_) => v1(&["content", "scan"]).with("type", "comment"),
        ProbeTarget::PageTemplates => experimental(&["template", "page"]),
        ProbeTarget::BlueprintTemplates => experimental(&["template", "blueprint"]),
        ProbeTarget::PagesBySearch => {
            v1(&["content", "search"]).with("cql", "type=page").with("expand", "body.storage")
        }
        ProbeTarget::Total(content_type) => v1(&["search"]).with("cql", format!("type={content_type}")),
        ProbeTarget::PropertiesOfPage(page) => v1(&["content", page, "property"]),
        ProbeTarget::InstanceMetrics => v1(&["instance-metrics"]),
        ProbeTarget::Scan(content_type) => scan(content_type),
        ProbeTarget::ContentsByStart(content_type) => {
            v1(&["content"]).with("type", content_type).with("expand", CONTENT)
        }
        ProbeTarget::CommentsBySearch => v1(&["content", "search"]).with("cql", "type=comment").with("expand", COMMENT),
        ProbeTarget::PagesWithFiles => v1(&["content"]).with("type", "page").with("expand", WITH_FILES),
        ProbeTarget::SpaceTrash(key) => v1(&["space", key, "trash"]).with("expand", ATTACHMENT),
        ProbeTarget::RetentionPolicies => {
            v1(&["space"]).with("hasRetentionPolicy", "true").with("expand", "retentionPolicy")
        }
        ProbeTarget::AttachmentVersions(id) => experimental(&["content", id, "version"]),
        ProbeTarget::WorkflowPropertyOfPages => {
            v1(&["content"]).with("type", "page").with("expand", "metadata.properties.comalaworkflows")
        }
        ProbeTarget::WorkflowParameters(page) => Request::comala(RequestKind::Doctor, &["content", page, "parameters"]),
        ProbeTarget::WorkflowStatus(page) => Request::comala(RequestKind::Doctor, &["content", page, "status"]),
        ProbeTarget::SystemInfo => v1(&["server-information"]),
        ProbeTarget::Endpoint(ProbedEndpoint(name), page, space) => {
            let segment = |segment| match segment {
                "ID" => page,
                "KEY" => space,
                fixed => fixed,
            };
            v1(&name.split('/').map(segment).collect::<Vec<&str>>())
        }
        ProbeTarget::Replies(..) => return Err(unsupported("a list of replies: comments are listed with them")),
        ProbeTarget::Labels => return Err(unsupported("a list of all labels")),
        ProbeTarget::HeaderImagesOfPages | ProbeTarget::PublishedHeaderImages | ProbeTarget::HeaderImages => {
            return Err(unsupported("header images"));
        }
        ProbeTarget::WorkflowFields => return Err(unsupported("the search fields of Comala for Cloud")),
    })
}
