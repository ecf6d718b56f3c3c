//! Bodies for benchmarks.

use std::fmt::Write as _;

/// About 50 KB of storage format with constructs of real pages; the sections are numbered from `first` + 1.
pub(crate) fn realistic_body(first: usize) -> String {
    realistic_body_of(first, 50_000)
}

/// The same, with at least `bytes` bytes.
pub(crate) fn realistic_body_of(first: usize, bytes: usize) -> String {
    let mut body = String::from(r#"<ac:structured-macro ac:name="toc" ac:schema-version="1"/>"#);
    let mut section = first;
    while body.len() < bytes {
        section += 1;
        let _ = write!(
            body,
            r#"<h2>Section {section}: rollout &amp; checks</h2>
<p>The service accepts requests from <strong>clients</strong> and answers within 200&nbsp;ms &ndash; see the
<a href="https://docs.example.org/guide/{section}?a=1&amp;b=2">guide</a>, the <ac:link><ri:page ri:content-title="Runbook {section}"/><ac:link-body>runbook</ac:link-body></ac:link>
and <em>the notes</em> below. 添付ファイルの保存形式を確認する。 Every team keeps its own copy of the plan, which is reviewed at the end of
each quarter; changes are announced a week ahead and rolled back when the error budget is spent.</p>
<ac:image ac:align="center" ac:width="760"><ri:attachment ri:filename="diagram-{section}.png" ri:version-at-save="3"/><ac:caption><p>Flow</p></ac:caption></ac:image>
<table data-layout="default"><colgroup><col style="width: 200.0px;"/><col style="width: 300.0px;"/></colgroup><tbody>
<tr><th><p>Name</p></th><th><p>Value</p></th></tr>
<tr><td><p>limit</p></td><td><p>{section} per minute</p></td></tr><tr><td><p>owner</p></td><td><p><ac:link><ri:user ri:account-id="557058:1"/></ac:link></p></td></tr></tbody></table>
<ac:structured-macro ac:name="info" ac:schema-version="1" ac:macro-id="5f0c2a6e"><ac:rich-text-body><p>Mind the &lt;limits&gt; of the plan.</p></ac:rich-text-body></ac:structured-macro>
<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:parameter ac:name="language">xml</ac:parameter><ac:plain-text-body><![CDATA[<ac:image><ri:attachment ri:filename="sample.png"/></ac:image>
for i in 1 2 3; do echo "$i"; done]]></ac:plain-text-body></ac:structured-macro>
<ac:task-list><ac:task><ac:task-id>{section}</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>send <ac:link><ri:attachment ri:filename="minutes-{section}.docx"><ri:page ri:space-key="OPS" ri:content-title="Minutes"/></ri:attachment></ac:link></ac:task-body></ac:task></ac:task-list>
<p class="media-group"><ac:structured-macro ac:name="view-file" ac:schema-version="1"><ac:parameter ac:name="name"><ri:attachment ri:filename="report-{section}.pdf"/></ac:parameter></ac:structured-macro></p>
"#
        );
    }
    body
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
