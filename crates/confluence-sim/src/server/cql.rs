//! Parser and evaluator for a subset of CQL: comparisons joined by `and`; an `order by` is accepted and ignored.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::workflow_cql;
use crate::workflow::PageWorkflow;

/// A condition such as `type in (page, blogpost)` or `lastmodified >= "2026-09-30 10:00"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    field: String,
    operator: String,
    values: Vec<String>,
}

/// The values that conditions compare.
#[derive(Debug, Clone)]
pub(crate) struct Facts<'a> {
    pub(crate) kind: &'a str,
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) space_key: &'a str,
    pub(crate) labels: &'a [String],
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) modified_at: DateTime<Utc>,
    /// The workflow of the page in Comala on Cloud.
    pub(crate) workflow: Option<&'a PageWorkflow>,
    /// The server's clock.
    pub(crate) now: DateTime<Utc>,
}

/// Parses a query; `None` if it is malformed or uses fields of an app that is not installed (400).
pub(crate) fn parse(query: &str, with_workflow: bool) -> Option<Vec<Condition>> {
    let tokens = tokens(query)?;
    let end = tokens.iter().position(|token| token.eq_ignore_ascii_case("order")).unwrap_or(tokens.len());
    let mut rest = tokens.get(..end)?;
    let mut conditions = Vec::new();
    while !rest.is_empty() {
        let (condition, after) = condition(rest, with_workflow)?;
        conditions.push(condition);
        rest = match after.split_first() {
            None => after,
            Some((word, more)) if word.eq_ignore_ascii_case("and") && !more.is_empty() => more,
            Some(_) => return None,
        };
    }
    (!conditions.is_empty()).then_some(conditions)
}

fn condition(tokens: &[String], with_workflow: bool) -> Option<(Condition, &[String])> {
    let [field, operator, rest @ ..] = tokens else { return None };
    let field = field.to_ascii_lowercase();
    let own = ["type", "id", "title", "space", "space.key", "label", "created", "lastmodified"];
    let of_app = with_workflow && workflow_cql::FIELDS.contains(&field.as_str());
    if !of_app && !own.contains(&field.as_str()) {
        return None;
    }
    let operator = operator.to_ascii_lowercase();
    if operator == "in" {
        let close = rest.iter().position(|token| token == ")")?;
        let values = rest.get(1..close).filter(|_| rest.first().is_some_and(|token| token == "("))?;
        let values = values.iter().filter(|token| *token != ",").cloned().collect();
        return Some((Condition { field, operator, values }, rest.get(close + 1..)?));
    }
    if !["=", "!=", "~", ">", ">=", "<", "<="].contains(&operator.as_str()) {
        return None;
    }
    if let Some((value, rest)) = workflow_cql::now_call(rest) {
        return Some((Condition { field, operator, values: vec![value] }, rest));
    }
    let (value, rest) = rest.split_first()?;
    Some((Condition { field, operator, values: vec![value.clone()] }, rest))
}

/// Splits a query into words, quoted strings, operators and parentheses.
fn tokens(query: &str) -> Option<Vec<String>> {
    let mut tokens = Vec::new();
    let mut letters = query.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            space if space.is_whitespace() => {}
            '"' | '\'' => {
                let mut text = String::new();
                loop {
                    match letters.next()? {
                        quote if quote == letter => break,
                        '\\' => text.push(letters.next()?),
                        other => text.push(other),
                    }
                }
                tokens.push(text);
            }
            '(' | ')' | ',' | '=' | '~' => tokens.push(letter.to_string()),
            '!' | '<' | '>' => {
                let mut operator = letter.to_string();
                operator.extend(letters.next_if_eq(&'='));
                tokens.push(operator);
            }
            start => {
                let mut word = start.to_string();
                while let Some(next) = letters.next_if(|next| !next.is_whitespace() && !"()=!<>~,\"".contains(*next)) {
                    word.push(next);
                }
                tokens.push(word);
            }
        }
    }
    Some(tokens)
}

impl Condition {
    /// Whether the values fulfil the condition.
    pub(crate) fn holds(&self, facts: &Facts<'_>) -> bool {
        match self.field.as_str() {
            "created" => self.compare_time(facts.created_at, facts.now),
            "lastmodified" => self.compare_time(facts.modified_at, facts.now),
            "cw_expires" => {
                let due = facts.workflow.and_then(|workflow| workflow.due);
                due.is_some_and(|due| self.compare_time(due, facts.now))
            }
            field if workflow_cql::FIELDS.contains(&field) => {
                workflow_cql::holds(field, facts.workflow, |actual| self.compare(|value| value == actual))
            }
            "label" => self.compare(|value| facts.labels.iter().any(|label| label == value)),
            "type" => self.compare(|value| value.eq_ignore_ascii_case(facts.kind)),
            "title" if self.operator == "~" => self.values.iter().any(|value| facts.title.contains(value.as_str())),
            "title" => self.compare(|value| value == facts.title),
            "id" => self.compare(|value| value == facts.id),
            _ => self.compare(|value| value.eq_ignore_ascii_case(facts.space_key)),
        }
    }

    fn compare(&self, equals: impl Fn(&str) -> bool) -> bool {
        self.values.iter().any(|value| equals(value)) != (self.operator == "!=")
    }

    fn compare_time(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let limit = self.values.first().and_then(|value| workflow_cql::time(value, now).or_else(|| time(value)));
        let Some(limit) = limit else { return false };
        match self.operator.as_str() {
            ">" => at > limit,
            ">=" => at >= limit,
            "<" => at < limit,
            "<=" => at <= limit,
            "!=" => at != limit,
            _ => at == limit,
        }
    }
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    for format in ["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"] {
        if let Ok(at) = NaiveDateTime::parse_from_str(text, format) {
            return Some(at.and_utc());
        }
    }
    ["%Y-%m-%d", "%Y/%m/%d"]
        .into_iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(query: &str) -> bool {
        let at = "2026-03-01T12:00:00Z".parse().unwrap();
        let labels = ["public".to_owned()];
        let facts = Facts {
            kind: "page",
            id: "1001",
            title: "Release \"Plan\"",
            space_key: "ENG",
            labels: &labels,
            created_at: at,
            modified_at: at,
            workflow: None,
            now: at,
        };
        parse(query, false).unwrap().iter().all(|condition| condition.holds(&facts))
    }

    #[test]
    fn conditions_are_joined_by_and() {
        assert!(holds("type in (page,blogpost) and space = \"eng\" order by id"));
        assert!(!holds("type in (page, blogpost) AND space=OPS"));
        assert!(holds("id in (1, 1001) and label = public"));
        assert!(holds(r#"title = "Release \"Plan\"" and type != blogpost"#));
    }

    #[test]
    fn times_are_compared() {
        assert!(holds("lastmodified >= \"2026-03-01 12:00\""));
        assert!(!holds("lastmodified > '2026-03-01 12:00'"));
        assert!(holds("created < 2026/03/02"));
    }

    #[test]
    fn fields_of_the_workflow_app_are_known_only_if_it_is_installed() {
        for query in ["cw_enabled = true", "cw_state in (\"Draft\")", "type = page and cw_expires < now(\"7d\")"] {
            assert!(parse(query, true).is_some() && parse(query, false).is_none(), "{query}");
        }
    }

    #[test]
    fn malformed_queries_are_refused() {
        for query in ["", "type", "type =", "type in page", "colour = red", "type=page or type=blogpost", "title=\"x"] {
            assert_eq!(parse(query, true), None, "{query}");
        }
    }
}
