//! Single contents and attachments, by id.

use std::collections::{BTreeMap, HashSet};

use super::v1::V1Content;
use super::{ANY, ATTACHMENT, COMMENT, CONTENT, DataCenter, convert, unsupported};
use crate::download::Fingerprint;
use crate::error::RequestError;
use crate::list_item::ListItem;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::parameters::{BodyForm, ContentType, Edition};
use crate::request::Request;
use crate::request_kind::RequestKind;

/// Returns the API's name of a type of content; `None` if the product does not have it.
fn word(which: ContentType) -> Option<&'static str> {
    match which {
        ContentType::Page => Some("page"),
        ContentType::BlogPost => Some("blogpost"),
        ContentType::FooterComment | ContentType::InlineComment => Some("comment"),
        ContentType::CustomContent => None,
    }
}

impl DataCenter {
    pub(crate) async fn content(
        &self,
        which: ContentType,
        id: &str,
        edition: Edition,
    ) -> Result<model::Content, RequestError> {
        self.edition(which.request_kind(), which, id, edition).await
    }

    pub(crate) async fn content_in(
        &self,
        which: ContentType,
        id: &str,
        form: BodyForm,
        edition: Edition,
    ) -> Result<model::Content, RequestError> {
        match form {
            BodyForm::Storage => self.edition(RequestKind::OtherForm, which, id, edition).await,
            BodyForm::Document | BodyForm::Raw => Err(unsupported("bodies in a form other than storage format")),
        }
    }

    /// Returns one edition of a content. Like Cloud, returns the published content if there is no draft.
    async fn edition(
        &self,
        kind: RequestKind,
        which: ContentType,
        id: &str,
        edition: Edition,
    ) -> Result<model::Content, RequestError> {
        if edition == Edition::Draft {
            let kind = if kind == RequestKind::OtherForm { kind } else { RequestKind::Draft };
            match self.with_status(kind, which, id, "draft").await {
                Err(error) if error.is_not_found() => return self.with_status(kind, which, id, ANY).await,
                draft => return draft,
            }
        }
        let content = self.with_status(kind, which, id, ANY).await?;
        if content.status.as_deref() != Some("draft") {
            return Ok(content);
        }
        // the published edition counts, unless there is none
        match self.with_status(kind, which, id, "current").await {
            Err(error) if error.is_not_found() => Ok(content),
            published => published,
        }
    }

    async fn with_status(
        &self,
        kind: RequestKind,
        which: ContentType,
        id: &str,
        status: &str,
    ) -> Result<model::Content, RequestError> {
        let request = content_request(kind, which, id)?.with("status", status);
        Ok(convert::content(self.one(&request, which).await?, None))
    }

    /// Returns one content of this type; one of another type counts as not found.
    async fn one(&self, request: &Request, which: ContentType) -> Result<V1Content, RequestError> {
        let sent: V1Content = self.client.get(request).await?.value;
        if word(which).is_none_or(|kind| sent.is_not(kind)) {
            return Err(RequestError::NotFound { endpoint: request.path() });
        }
        self.memory.note_people(&sent);
        Ok(sent)
    }

    pub(crate) async fn content_version(
        &self,
        which: ContentType,
        id: &str,
        version: u32,
    ) -> Result<model::Content, RequestError> {
        let request = content_request(RequestKind::OtherForm, which, id)?
            .with("status", "historical")
            .with("version", version.to_string());
        let sent = self.one(&request, which).await?;
        check_version(&sent, version, &request)?;
        Ok(convert::content(sent, None))
    }

    /// Returns whether the lists show a content. The server filters by id; one that does not know that parameter
    /// returns other contents, which says nothing.
    pub(crate) async fn is_listed(&self, which: ContentType, id: &str) -> Result<bool, RequestError> {
        let (mut listed, mut is_filtered) = (false, true);
        let request = by_ids(which.request_kind(), &[id]);
        let outcome = self
            .by_start(&request, |sent: V1Content| {
                listed |= sent.id.0 == id;
                is_filtered &= sent.id.0 == id;
            })
            .await;
        match outcome.end {
            _ if listed => Ok(true),
            Ok(()) if !is_filtered => Err(unsupported("lists of contents by id, in this version")),
            end => end.map(|()| false),
        }
    }

    pub(crate) async fn listed(
        &self,
        which: ContentType,
        ids: &[&str],
        mut take: impl FnMut(model::ContentStatus),
    ) -> ListOutcome {
        let wanted: HashSet<&str> = ids.iter().copied().collect();
        let mut found: BTreeMap<String, model::ContentStatus> = BTreeMap::new();
        let outcome = self
            .by_start(&by_ids(RequestKind::LinkTargets, ids), |sent: V1Content| {
                if word(which).is_some_and(|kind| !sent.is_not(kind)) && wanted.contains(sent.id.0.as_str()) {
                    found.insert(sent.id.0.clone(), model::ContentStatus { id: sent.id, status: sent.status });
                }
            })
            .await;
        if outcome.end.is_err() {
            return outcome;
        }
        // whether a site follows all of the ids, or any, is not documented
        for id in ids {
            if found.contains_key(*id) {
                continue;
            }
            let request = Request::v1(RequestKind::LinkTargets, &["content", id]).with("status", ANY);
            match self.one(&request, which).await {
                Ok(sent) => {
                    found.insert((*id).to_owned(), model::ContentStatus { id: sent.id, status: sent.status });
                }
                Err(error) if error.is_not_found() => {}
                Err(error) => return ListOutcome::ended(Err(error)),
            }
        }
        let items = found.len() as u64;
        found.into_values().for_each(&mut take);
        ListOutcome { items, ..ListOutcome::ended(Ok(())) }
    }

    pub(crate) async fn attachment(&self, id: &str) -> Result<model::Attachment, RequestError> {
        let sent = self.file(RequestKind::OneAttachment, id).await?;
        Ok(convert::attachment(sent, None))
    }

    async fn file(&self, kind: RequestKind, id: &str) -> Result<V1Content, RequestError> {
        let request = Request::v1(kind, &["content", id]).with("status", ANY).with("expand", ATTACHMENT);
        let sent: V1Content = self.client.get(&request).await?.value;
        if sent.is_not("attachment") {
            return Err(RequestError::NotFound { endpoint: request.path() });
        }
        self.memory.note_people(&sent);
        Ok(sent)
    }

    pub(crate) async fn attachment_version(&self, id: &str, version: u32) -> Result<model::Attachment, RequestError> {
        let request = Request::v1(RequestKind::AttachmentVersion, &["content", id])
            .with("status", "historical")
            .with("version", version.to_string())
            .with("expand", "version,extensions");
        let sent: V1Content = self.client.get(&request).await?.value;
        check_version(&sent, version, &request)?;
        self.memory.note_people(&sent);
        let mut file = convert::attachment(sent, None);
        // an old version may have an id of its own
        file.id = model::Id(id.to_owned());
        Ok(file)
    }

    pub(crate) async fn measure_download(&self, _container: &str, id: &str, version: u32) -> Result<u64, RequestError> {
        let path = self.download_path(RequestKind::DownloadOfOneByte, id).await?;
        let path = format!("{path}?version={version}");
        self.client.measure_own_download(RequestKind::DownloadOfOneByte, &path).await
    }

    pub(crate) async fn fingerprint(&self, _container: &str, id: &str) -> Result<Fingerprint, RequestError> {
        let path = self.download_path(RequestKind::DownloadOfAFile, id).await?;
        self.client.own_fingerprint(RequestKind::DownloadOfAFile, &path).await
    }

    /// Returns the path of a file without its version.
    async fn download_path(&self, kind: RequestKind, id: &str) -> Result<String, RequestError> {
        let sent = self.file(kind, id).await?;
        let link = sent.links.and_then(|links| links.download);
        let path = link.as_deref().and_then(|link| link.split(['?', '#']).next()).filter(|path| !path.is_empty());
        path.map(str::to_owned).ok_or_else(|| RequestError::Shape {
            endpoint: format!("/rest/api/content/{id}"),
            what: "the file has no download link".to_owned(),
        })
    }
}

/// Returns the request for one content with its body.
fn content_request(kind: RequestKind, which: ContentType, id: &str) -> Result<Request, RequestError> {
    let expand = match which {
        ContentType::Page | ContentType::BlogPost => CONTENT,
        ContentType::FooterComment | ContentType::InlineComment => COMMENT,
        ContentType::CustomContent => return Err(unsupported("custom content")),
    };
    Ok(Request::v1(kind, &["content", id]).with("expand", format!("body.storage,{expand}")))
}

fn by_ids(kind: RequestKind, ids: &[&str]) -> Request {
    let request = Request::v1(kind, &["content"]).with("status", ANY);
    ids.iter().fold(request, |request, id| request.with("ids", *id))
}

/// Fails if the server sent another version than the requested one.
fn check_version(sent: &V1Content, wanted: u32, request: &Request) -> Result<(), RequestError> {
    match sent.version() {
        number if number == wanted => Ok(()),
        number => {
            let what = format!("version {number} instead of {wanted}");
            Err(RequestError::Shape { endpoint: request.path(), what })
        }
    }
}
