//! The rules of STYLE.md that a program can check: words that have no use here, and one meaning for each type name.

use std::collections::BTreeMap;
use std::fs;

use regex::Regex;

use crate::repository::{name, text_files};

/// Words and phrases that STYLE.md replaces, each with what to write instead.
const DENIED: [(&str, &str); 27] = [
    (r"\b(bears?|borne|bearing)\b", "has, carries"),
    (r"\bmend(s|ed|ing)?\b", "repair, fix"),
    (r"\bolder script\b", "legacy script"),
    (r"(requests|\d) in a second\b", "requests/s, per second"),
    (r"\bapp content\b", "custom content"),
    (r"\b(second|closing) walks?\b", "final pass"),
    (r"\bsecond looks?\b", "check of candidates"),
    (r"\bsecond opinions?\b", "cross-check"),
    (r"\bby heart\b", "cached"),
    (r"\b(had|have|has|having) back\b", "restored, recovered"),
    (r"\bthe brake\b", "plausibility check"),
    (r"\bthe own\b", "its own, the page's own"),
    (r"\bas good as\b", "equivalent to, almost"),
    (r"\bcover (image|picture)s?\b", "header image"),
    (r"\bnobody\b", "no one, or name who"),
    (r"\b(held|holds?) against\b", "compared with"),
    (r"\banew\b", "again, rewritten"),
    (r"\b(at last|lest)\b", "leave it out"),
    (r"\bwalk(s|ed)? to (its|the) end\b", "read all of"),
    (r"\bin the making\b", "unfinished"),
    (r"\bbeside\b", "next to, in addition to"),
    (r"\bso many\b", "that many, the number"),
    (r"\bpassed over\b", "skipped"),
    (r"\bgiven up\b", "aborted"),
    (r"\bhangs? on\b", "depends on"),
    (r"\btells?\b|\btold\b", "returns, says, distinguishes"),
    (r"\b(safe to delete|safely deleted?)\b", "unreferenced, no use found"),
];

/// Files that name the words they forbid.
const EXEMPT: [&str; 4] = ["STYLE.md", "tests/it/language.rs", "tests/it/documents.rs", "tests/it/report.rs"];

#[test]
fn no_text_uses_a_word_that_the_style_replaces() {
    let denied = DENIED.map(|(words, instead)| (Regex::new(&format!("(?i){words}")).unwrap(), instead));
    let mut wrong = Vec::new();
    for file in text_files().iter().filter(|file| !EXEMPT.contains(&name(file).as_str())) {
        for (number, line) in fs::read_to_string(file).unwrap().lines().enumerate() {
            for (words, instead) in &denied {
                if let Some(found) = words.find(line) {
                    wrong.push(format!("{}:{}: \"{}\"; write: {instead}", name(file), number + 1, found.as_str()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} places\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_type_name_is_declared_once_in_its_crate() {
    let declaration = Regex::new(r"(?m)^(?:pub(?:\([a-z ]+\))? )?(?:struct|enum|trait) (\w+)").unwrap();
    let mut declared: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for file in text_files().iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let path = name(file);
        let Some((package, module)) = path.split_once("src/").filter(|(_, module)| !module.contains("tests")) else {
            continue;
        };
        for (_, [one]) in declaration.captures_iter(&fs::read_to_string(file).unwrap()).map(|found| found.extract()) {
            let modules = declared.entry((package.to_owned(), one.to_owned())).or_default();
            // a type may have a variant for each operating system, in one file
            if modules.last().is_none_or(|last| last != module) {
                modules.push(module.to_owned());
            }
        }
    }
    assert!(declared.len() > 400, "{}", declared.len());
    let doubles: Vec<_> = declared.iter().filter(|(_, modules)| modules.len() > 1).collect();
    assert!(doubles.is_empty(), "{doubles:#?}");
}
