//! Generator of the constructs of storage format: how each names a file, and how readers see the file.

use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;

use super::{call, code};

/// A named file, and the spelling of its name.
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    /// Number of the attachment id.
    pub(super) id: u32,
    pub(super) file_id: &'a str,
    /// Content that owns it.
    pub(super) container: &'a str,
    pub(super) title: &'a str,
    pub(super) space: &'a str,
    pub(super) media_type: &'a str,
    /// Bare names in the referring content mean files of this container.
    pub(super) is_own: bool,
    /// Selects a spelling; any number is valid.
    pub(super) spelling: u8,
}

/// How readers see the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    File,
    Link,
}

type Construct = (Shows, fn(&Named<'_>) -> Option<String>);

/// A construct that links any file in any container.
pub(super) const LINK: Construct =
    (Shows::Link, |file| Some(format!("<ac:link>{}<ac:link-body>text</ac:link-body></ac:link>", file.identifier())));

/// Every construct; `None` if it cannot name the file (a bare name cannot mean a file of another page).
pub(super) const CONSTRUCTS: &[Construct] = &[
    (Shows::File, |file| own(file, || format!("<ac:image><ri:attachment ri:filename=\"{}\"/></ac:image>", file.xml()))),
    (Shows::File, |file| {
        Some(format!("<ac:image ac:alt=\"x\">{}<ac:caption>c</ac:caption></ac:image>", file.identifier()))
    }),
    LINK,
    (Shows::File, |file| Some(element_parameter("view-file", &file.identifier()))),
    (Shows::File, |file| Some(element_parameter("unknown-app", &file.identifier()))),
    (Shows::File, |file| {
        Some(call("multimedia", &[("name", &file.xml()), ("page", &xml(file.title)), ("space", file.space)]))
    }),
    (Shows::File, |file| own(file, || call("viewpdf", &[("name", &file.xml())]))),
    (Shows::File, |file| own(file, || call("unknown-app", &[("what", &file.xml())]))),
    (Shows::File, |file| {
        Some(call("chart", &[("file", &format!("{}:{}^{}", file.space, xml(file.title), file.xml()))]))
    }),
    (Shows::File, |file| Some(call("drawio", &[("diagramName", &file.xml()), ("pageId", file.container)]))),
    (Shows::File, |file| own(file, || call("drawio-sketch", &[("diagramName", &file.xml())]))),
    (Shows::File, |file| Some(call("gliffy", &[("name", &file.xml()), ("pageid", file.container)]))),
    (Shows::File, |file| {
        own(file, || call("gallery", &[("include", &file.xml())])).filter(|_| file.media_type == "image/png")
    }),
    (Shows::File, |file| {
        own(file, || {
            call("view-file", &[("name", &format!("AttachmentResourceIdentifier[x@1,filename={}]", file.xml()))])
        })
    }),
    (Shows::File, |file| Some(call("unknown-app", &[("what", &format!("att{}", file.id))]))),
    (Shows::File, |file| Some(call("unknown-app", &[("what", file.file_id)]))),
    (Shows::Link, |file| Some(format!("<a href=\"{}\">x</a>", file.url()))),
    (Shows::File, |file| Some(format!("<img src=\"{}\"/>", file.url().replace("attachments/", "thumbnails/")))),
    (Shows::File, |file| Some(format!("<ac:image><ri:url ri:value=\"{}\"/></ac:image>", file.url()))),
    (Shows::File, |file| Some(format!("<p style=\"background:url('{}')\">x</p>", file.url()))),
    (Shows::Link, |file| {
        let title = percent(file.title);
        let name = file.encoded();
        Some(format!("<a href=\"/wiki/download/attachments/embedded-page/{}/{title}/{name}\">x</a>", file.space))
    }),
    (Shows::Link, |file| {
        let (page, id) = (file.container, file.id);
        Some(format!(
            "<a href=\"/wiki/pages/viewpage.action?pageId={page}&amp;preview=%2F{page}%2F{id}%2Fold.bin\">x</a>"
        ))
    }),
    (Shows::Link, |file| {
        Some(format!("<a href=\"/wiki/rest/api/content/1/child/attachment/att{}/download\">x</a>", file.id))
    }),
    (Shows::File, |file| {
        Some(format!("<img src=\"https://api.media.atlassian.com/file/{}/binary?x=1\"/>", file.file_id))
    }),
    (Shows::Link, |file| Some(format!("<p>see https://acme.atlassian.net{}.</p>", file.url_path()))),
    (Shows::Link, |file| Some(code("code", &format!("wget \"https://acme.atlassian.net{}\"", file.url_path())))),
    (Shows::File, |file| Some(code("html", &format!("<IMG SRC={}>", file.url_path())))),
    (Shows::Link, |file| Some(code("markdown", &format!("[x](<{}>)", file.url_path())))),
    (Shows::File, |file| {
        Some(format!(
            "<ac:adf-extension><ac:adf-fallback><img src=\"{}\"/></ac:adf-fallback></ac:adf-extension>",
            file.url()
        ))
    }),
    (Shows::File, |file| own(file, || extension(&adf("file-name", &file.xml())))),
    (Shows::File, |file| {
        let json = serde_json::json!({"diagramName": {"value": file.written()}, "pageId": {"value": file.container}});
        let key = "<ac:adf-attribute key=\"extension-key\">com.mxgraph:drawio</ac:adf-attribute>";
        Some(extension(&format!("{key}{}", adf("macro-params", &xml(&json.to_string())))))
    }),
    (Shows::File, |file| own(file, || wiki(&format!("{{viewpdf:name={}|height=4}}", file.written())))),
    (Shows::File, |file| own(file, || wiki(&format!("wow! !{}|thumbnail!", file.written())))),
    (Shows::Link, |file| own(file, || wiki(&format!("[text|^{}|tip]", file.written())))),
    (Shows::File, |file| Some(call("jgraph-whiteboard", &[("diagramName", &file.xml()), ("pageId", file.container)]))),
    (Shows::Link, |file| {
        let (name, page) = (file.encoded(), file.container);
        Some(format!("<a href=\"/wiki/pages/worddav/preview.action?fileName={name}&amp;pageId={page}\">x</a>"))
    }),
    (Shows::Link, |file| Some(format!("<a href=\"/wiki/plugins/viewer?file={}\">x</a>", percent(&file.url_path())))),
    (Shows::Link, |file| Some(code("html", &format!("<a onclick=\"open('{}')\">", file.url_path())))),
    (Shows::File, |file| own(file, || call("unknown-app", &[("files", &format!("x.png, {}", file.xml()))]))),
];

/// Wiki markup that was never migrated.
fn wiki(text: &str) -> String {
    code("unmigrated-wiki-markup", text)
}

fn own(file: &Named<'_>, markup: impl Fn() -> String) -> Option<String> {
    file.is_own.then(markup)
}

fn element_parameter(name: &str, element: &str) -> String {
    format!(
        "<ac:structured-macro ac:name=\"{name}\"><ac:parameter ac:name=\"name\">{element}</ac:parameter></ac:structured-macro>"
    )
}

fn extension(inner: &str) -> String {
    format!(
        "<ac:adf-extension><ac:adf-node type=\"extension\"><ac:adf-attribute key=\"parameters\">{inner}</ac:adf-attribute></ac:adf-node></ac:adf-extension>"
    )
}

fn adf(key: &str, value: &str) -> String {
    format!(
        "<ac:adf-parameter key=\"guest-params\"><ac:adf-parameter key=\"{key}\">{value}</ac:adf-parameter></ac:adf-parameter>"
    )
}

/// Escapes text for an element or an attribute.
pub(super) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
        encoded
    })
}

impl Named<'_> {
    /// The name in the Unicode form that the spelling selects.
    fn written(&self) -> String {
        match self.spelling % 4 {
            0 => self.name.nfc().collect(),
            1 => self.name.nfd().collect(),
            _ => self.name.to_owned(),
        }
    }

    /// The name in XML: plain, or with numeric entities for all non-ASCII characters.
    fn xml(&self) -> String {
        let escaped = xml(&self.written());
        if self.spelling & 0b100 == 0 {
            return escaped;
        }
        escaped.chars().fold(String::new(), |mut text, c| {
            if c.is_ascii() {
                text.push(c);
            } else {
                write!(text, "&#x{:X};", u32::from(c)).unwrap();
            }
            text
        })
    }

    /// `ri:attachment` with the required container: none, by title or by id.
    fn identifier(&self) -> String {
        let container = match self.spelling >> 3 & 0b11 {
            0 if self.is_own => String::new(),
            0 | 1 => format!("<ri:content-entity ri:content-id=\"{}\" />", self.container),
            _ => format!("<ri:page ri:space-key=\"{}\" ri:content-title=\"{}\"/>", self.space, xml(self.title)),
        };
        format!("<ri:attachment ri:version-at-save=\"1\" ri:filename=\"{}\">{container}</ri:attachment>", self.xml())
    }

    fn encoded(&self) -> String {
        let encoded = percent(&self.written());
        if self.spelling & 0b10_0000 == 0 { encoded } else { encoded.replace("%E", "%e").replace("%C", "%c") }
    }

    fn url_path(&self) -> String {
        format!("/wiki/download/attachments/{}/{}?version=1&api=v2", self.container, self.encoded())
    }

    /// The address as an attribute value.
    fn url(&self) -> String {
        let host = if self.spelling & 0b100_0000 == 0 { "" } else { "https://ACME.atlassian.net:443" };
        xml(&format!("{host}{}", self.url_path()))
    }
}

/// Elements around a reference that do not change its meaning.
pub(super) const WRAPPERS: &[(&str, &str)] = &[
    ("<p>", "</p>"),
    ("<table><tbody><tr><td>", "</td></tr></tbody></table>"),
    (
        "<ac:layout><ac:layout-section ac:type=\"single\"><ac:layout-cell>",
        "</ac:layout-cell></ac:layout-section></ac:layout>",
    ),
    (
        "<ac:structured-macro ac:name=\"expand\"><ac:parameter ac:name=\"title\">x</ac:parameter><ac:rich-text-body>",
        "</ac:rich-text-body></ac:structured-macro>",
    ),
    ("<ac:structured-macro ac:name=\"app-box\"><ac:rich-text-body>", "</ac:rich-text-body></ac:structured-macro>"),
    (
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>",
        "</ac:task-body></ac:task></ac:task-list>",
    ),
    ("<ac:inline-comment-marker ac:ref=\"6-1\">", "</ac:inline-comment-marker>"),
    (
        "<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-attribute key=\"panel-type\">note</ac:adf-attribute><ac:adf-content>",
        "</ac:adf-content></ac:adf-node></ac:adf-extension>",
    ),
];

/// Parts of a body that mention a file name without using the file.
pub(super) const NOISE: &[fn(&str) -> String] = &[
    |name| format!("<p>Please read {} today.</p>", xml(name)),
    |name| code("code", &format!("<ac:image><ri:attachment ri:filename=\"{}\"/></ac:image>", xml(name))),
    |name| code("noformat", &format!("cp {name} /download/attachments/1001/")),
    |name| format!("<!-- <ri:attachment ri:filename=\"{}\"/> -->", xml(name).replace("--", "- -")),
    |name| format!("<ac:image ac:alt=\"{}\"><ri:url ri:value=\"https://x.example/y.png\"/></ac:image>", xml(name)),
    |name| format!("<a href=\"https://evil.example/wiki/files/1001/{}\">x</a>", percent(name)),
    |name| format!("<a href=\"https://x.example/?u=/wiki/download/attachments/1001/{}\">x</a>", percent(name)),
    |name| call("panel", &[("title", &xml(name))]),
    |name| call("status", &[("title", &xml(name))]),
    |name| call("unknown-app", &[("note", &format!("about {}", xml(name)))]),
    |name| format!("<ac:link><ri:page ri:content-title=\"{}\"/></ac:link>", xml(name)),
    |name| format!("<h1>{}</h1>", xml(&xml(name))),
    |name| format!("<ac:emoticon ac:name=\"{}\"/>", xml(name)),
];

/// Broken markup that does not affect the references before it.
pub(super) const BREAKS: &[&str] = &[
    "<b>",
    "</p>",
    "a < b and c",
    "<p title=\"open",
    "<ac:image><ri:attachment ri:filen",
    "<![CDATA[ no end",
    "<!-- no end",
    "<td nowrap>",
    "<!DOCTYPE x>",
    "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[x",
];
