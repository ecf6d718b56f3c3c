//! The text that asks a person to decide, ready to paste into a mail or a chat: no markup, one line per file.

use super::{OwnedFiles, line};
use crate::report::format::{bytes, day, plural};
use crate::report::report_view::ReportView;

/// Number of files that the text names, the largest first: the sheet has all.
const NAMED_FILES: usize = 10;

pub(super) fn text(owned: &OwnedFiles<'_>, view: &ReportView<'_>) -> String {
    let scan = &view.inventory.scan;
    let files = owned.rows.len() as u64;
    let (which, are) = (plural(files, "file", "files"), if files == 1 { "has" } else { "have" });
    let pages = plural(owned.pages(), "Confluence page", "Confluence pages");
    let mut lines = vec![
        format!("Hello {},", line(owned.name)),
        String::new(),
        format!(
            "{which} on {pages} {are} no known use: {} including all versions, on {}. Please decide what to keep.",
            bytes(owned.bytes),
            day(scan.started_at)
        ),
        String::new(),
        format!("1. Open the sheet {}.", owned.sheet()),
        "2. Write keep or delete into the column Decision. An empty cell means: not decided.".to_owned(),
        "3. Save the sheet and send it back.".to_owned(),
        String::new(),
        format!(
            "\"No known use\" means: no page, blog post, comment or template on {} that the account {} can see uses the \
             file. Links in mails, in Jira or on other sites are not known.",
            line(&scan.base_url),
            line(&scan.account.name)
        ),
        String::new(),
    ];
    for row in owned.rows.iter().take(NAMED_FILES) {
        let size = row.attachment.all_bytes().map_or_else(|| "size not known".to_owned(), bytes);
        let page = row.owner_title().map_or_else(String::new, |title| format!(", page \"{}\"", line(title)));
        lines.push(format!("- {} ({size}){page}", line(&row.attachment.title)));
        lines.extend(row.preview_url().map(|url| format!("  {url}")));
    }
    let rest = owned.rows.len().saturating_sub(NAMED_FILES) as u64;
    if rest > 0 {
        lines.push(format!("- {} in the sheet", plural(rest, "more file", "more files")));
    }
    lines.join("\n") + "\n"
}
