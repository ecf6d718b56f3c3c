//! Writes storage format as editors and apps do, from names and ids.

use std::fmt::Write as _;

/// Escapes text for elements and attributes.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A paragraph of plain text.
pub(super) fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escape(text))
}

/// `ri:attachment` without a container.
pub(super) fn attachment(name: &str) -> String {
    format!(r#"<ri:attachment ri:filename="{}" ri:version-at-save="1" />"#, escape(name))
}

/// `ri:attachment` with a container identifier inside.
pub(super) fn attachment_in(name: &str, container: &str) -> String {
    format!(r#"<ri:attachment ri:filename="{}" ri:version-at-save="1">{container}</ri:attachment>"#, escape(name))
}

/// A page as a container.
pub(super) fn page(space: &str, title: &str) -> String {
    format!(
        r#"<ri:page ri:space-key="{}" ri:content-title="{}" ri:version-at-save="3" />"#,
        escape(space),
        escape(title)
    )
}

/// A content as a container.
pub(super) fn content_entity(id: &str) -> String {
    format!(r#"<ri:content-entity ri:content-id="{id}" ri:version-at-save="2" />"#)
}

/// An image around any identifier.
pub(super) fn image_of(identifier: &str) -> String {
    format!(
        r#"<ac:image ac:align="center" ac:layout="center" ac:original-height="720" ac:original-width="1280">{identifier}</ac:image>"#
    )
}

/// An image on its own page, as the new editor writes it.
pub(super) fn image(name: &str) -> String {
    image_of(&attachment(name))
}

/// An image with caption and border.
pub(super) fn image_with_caption(name: &str, caption: &str) -> String {
    format!(
        r##"<ac:image ac:align="center" ac:alt="{alt}" ac:custom-width="true" ac:width="760">{attachment}<ac:caption><p>{alt}</p></ac:caption><ac:adf-mark color="#091e4224" key="border" size="2" /></ac:image>"##,
        alt = escape(caption),
        attachment = attachment(name)
    )
}

/// A link around any identifier.
pub(super) fn link_of(identifier: &str, text: &str) -> String {
    format!("<p><ac:link>{identifier}<ac:link-body>{}</ac:link-body></ac:link></p>", escape(text))
}

/// A link to a file on its own page.
pub(super) fn link(name: &str, text: &str) -> String {
    link_of(&attachment(name), text)
}

/// A link with plain text, as the old editor writes it.
pub(super) fn plain_link(name: &str, text: &str) -> String {
    format!(
        "<p><ac:link>{}<ac:plain-text-link-body><![CDATA[{text}]]></ac:plain-text-link-body></ac:link></p>",
        attachment(name)
    )
}

/// `<a href>`.
pub(super) fn anchor(href: &str, text: &str) -> String {
    format!(r#"<p><a href="{}">{}</a></p>"#, escape(href), escape(text))
}

/// A smart link.
pub(super) fn smart_link(href: &str, appearance: &str) -> String {
    format!(r#"<p><a href="{0}" data-card-appearance="{appearance}">{0}</a></p>"#, escape(href))
}

/// A macro with parameters given as markup.
pub(super) fn app(name: &str, parameters: &[(&str, &str)]) -> String {
    app_with(name, parameters, "")
}

fn app_with(name: &str, parameters: &[(&str, &str)], body: &str) -> String {
    let mut markup = format!(
        r#"<ac:structured-macro ac:name="{name}" ac:schema-version="1" ac:macro-id="5f0c2a6e-8a5e-4a39-9a0e-2d6f9f1b7c11">"#
    );
    for (key, value) in parameters {
        // writing to a string does not fail
        let _infallible = write!(markup, r#"<ac:parameter ac:name="{key}">{value}</ac:parameter>"#);
    }
    markup + body + "</ac:structured-macro>"
}

/// A code block.
pub(super) fn code(language: &str, text: &str) -> String {
    app_with("code", &[("language", language)], &format!("<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body>"))
}

/// The HTML app's macro.
pub(super) fn html(markup: &str) -> String {
    app_with("html", &[], &format!("<ac:plain-text-body><![CDATA[{markup}]]></ac:plain-text-body>"))
}

/// A file card of the new editor.
pub(super) fn view_file(name: &str) -> String {
    let card = app("view-file", &[("name", &attachment(name)), ("height", "250")]);
    format!(r#"<p class="media-group">{card}</p>"#)
}

/// A panel.
pub(super) fn info(markup: &str) -> String {
    app_with("info", &[], &format!("<ac:rich-text-body>{markup}</ac:rich-text-body>"))
}

/// Two columns.
pub(super) fn two_columns(left: &str, right: &str) -> String {
    format!(
        r#"<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell>{left}</ac:layout-cell><ac:layout-cell>{right}</ac:layout-cell></ac:layout-section></ac:layout>"#
    )
}

/// A panel of the new editor: storage markup, followed by a rendered fallback with an absolute thumbnail URL.
pub(super) fn adf_panel(content: &str, thumbnail: &str) -> String {
    format!(
        r#"<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute><ac:adf-content>{content}</ac:adf-content></ac:adf-node><ac:adf-fallback><div class="panel"><p><img src="{}" /></p></div></ac:adf-fallback></ac:adf-extension>"#,
        escape(thumbnail)
    )
}

/// A Forge macro with guest parameters.
pub(super) fn forge(title: &str, key: &str, value: &str) -> String {
    format!(
        r#"<ac:adf-extension><ac:adf-node type="extension"><ac:adf-attribute key="extension-type">com.atlassian.ecosystem</ac:adf-attribute><ac:adf-attribute key="parameters"><ac:adf-parameter key="extension-title">{}</ac:adf-parameter><ac:adf-parameter key="guest-params"><ac:adf-parameter key="{key}">{}</ac:adf-parameter></ac:adf-parameter></ac:adf-attribute></ac:adf-node></ac:adf-extension>"#,
        escape(title),
        escape(value)
    )
}

/// A table of two columns with a header row.
pub(super) fn table(rows: &[(&str, &str)]) -> String {
    let mut markup = "<table data-layout=\"default\"><tbody>".to_owned();
    for (at, (left, right)) in rows.iter().enumerate() {
        let cell = if at == 0 { "th" } else { "td" };
        let _infallible = write!(
            markup,
            "<tr><{cell}><p>{}</p></{cell}><{cell}><p>{}</p></{cell}></tr>",
            escape(left),
            escape(right)
        );
    }
    markup + "</tbody></table>"
}
