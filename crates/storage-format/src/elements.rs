//! Which elements separate words.

/// Whether an element does not end a word. Checks the length first, because this is called twice for every tag.
#[inline]
pub(crate) fn is_inline(name: &str) -> bool {
    match name.len() {
        1 => matches!(name, "a" | "b" | "i" | "u" | "s"),
        2 => name == "em",
        3 => matches!(name, "sub" | "sup" | "del" | "ins" | "big"),
        4 => matches!(name, "span" | "code" | "font"),
        5 => name == "small",
        6 => name == "strong",
        7 => name == "ac:link",
        12 => name == "ac:link-body",
        24 => name == "ac:inline-comment-marker",
        _ => false,
    }
}

/// Whether an element does not separate the words around it, for the word count.
pub(crate) fn joins_words(name: &str) -> bool {
    is_inline(name)
        || name.starts_with("ri:")
        || matches!(
            name,
            "abbr" | "acronym" | "bdi" | "bdo" | "cite" | "dfn" | "kbd" | "label" | "mark" | "q" | "samp" | "strike"
        )
        || matches!(name, "tt" | "var" | "wbr" | "ac:plain-text-link-body" | "ac:adf-mark" | "ac:adf-fragment-mark")
}
