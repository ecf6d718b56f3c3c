//! The requests behind the doctor's looks.

use super::{comments, with_all};
use crate::kind::RequestKind;
use crate::look::{Endpoint, Look, Order, Place};
use crate::request::Request;

/// The request of a look.
pub(super) fn request(look: &Look<'_>) -> Request {
    let request = with_all(of_place(look.place), "status", &look.statuses);
    let request = with_all(request, "id", &look.ids);
    let order = look.order.map(|order| match order {
        Order::LastModifiedFirst => "-modified-date",
        Order::FirstCreatedFirst => "created-date",
    });
    let pairs = [
        ("sort", order.map(str::to_owned)),
        ("limit", look.limit.map(|limit| limit.to_string())),
        ("body-format", look.bodies.then(|| "storage".to_owned())),
        ("cursor", look.cursor.map(str::to_owned)),
    ];
    pairs
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .fold(request, |request, (name, value)| request.with(name, value))
}

fn of_place(place: Place<'_>) -> Request {
    let v2 = |segments: &[&str]| Request::v2(RequestKind::Doctor, segments);
    let v1 = |segments: &[&str]| Request::v1(RequestKind::Doctor, segments);
    let search = |cql: &str, expand: &str| v1(&["content", "search"]).with("cql", cql).with("expand", expand);
    let pages_and_posts = "type in (page,blogpost)";
    let published = "metadata.properties.cover-picture-id-published";
    match place {
        Place::CurrentUser => v1(&["user", "current"]),
        Place::Person(account) => v1(&["user", "bulk"]).with("accountId", account),
        Place::Spaces => v2(&["spaces"]),
        Place::Pages => v2(&["pages"]),
        Place::PagesOfSpace(space) => v2(&["spaces", space, "pages"]),
        Place::BlogPosts => v2(&["blogposts"]),
        Place::Attachments => v2(&["attachments"]),
        Place::AttachmentsOfPage(page) => v2(&["pages", page, "attachments"]),
        Place::AttachmentVersion(id, version) => v2(&["attachments", id]).with("version", version.to_string()),
        Place::Draft(page) => v2(&["pages", page]).with("get-draft", "true"),
        Place::Comments(which) => v2(&[comments(which)]),
        Place::Replies(which, comment) => v2(&[comments(which), comment, "children"]),
        Place::Labels => v2(&["labels"]),
        Place::PageTemplates => v1(&["template", "page"]),
        Place::BlueprintTemplates => v1(&["template", "blueprint"]),
        Place::PagesBySearch => search("type=page", "body.storage"),
        Place::HeaderImagesOfPages => search("type=page", published),
        Place::PublishedHeaderImages => search(pages_and_posts, published),
        Place::HeaderImages => {
            search(pages_and_posts, &format!("{published},metadata.properties.cover-picture-id-draft"))
        }
        Place::WorkflowFields => v1(&["content", "search"]).with("cql", "type=page and cw_enabled=true"),
        Place::WorkflowStatus(page) => Request::comala(RequestKind::Doctor, &["content", page, "status"]),
        Place::SystemInfo => v1(&["settings", "systemInfo"]),
        Place::Endpoint(Endpoint(name), page, space) => {
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
    }
}
