//! Documents of the shapes in a sample: what a site of which only the sample is known could send.

use serde_json::{Map, Value, json};

use super::shape::{Shape, TextShape};
use super::text_form::text_of;
use super::vocabulary::UNKNOWN_KEY;

/// Returns the smallest document that shows everything in a shape: each list has one item for each type, word and form
/// that its items can have, and some without their optional keys.
pub(super) fn document(shape: &Shape) -> Value {
    value(shape, 0)
}

/// Returns how many different values are needed to show everything.
fn variants(shape: &Shape) -> usize {
    let texts = shape.text.as_ref().map_or(0, |text| (text.words.len() + text.forms.len()).max(1));
    let own = usize::from(shape.null)
        + usize::from(shape.boolean)
        + usize::from(shape.fraction)
        + usize::from(shape.integer.is_some())
        + usize::from(shape.list.is_some())
        + usize::from(shape.object.is_some())
        + texts;
    let below = shape.object.iter().flatten().map(|(_, field)| variants(field) + usize::from(field.optional)).max();
    own.max(below.unwrap_or(0)).max(1)
}

/// Returns the value with a number; its type, word or form depends on the number.
fn value(shape: &Shape, number: usize) -> Value {
    let mut choices: Vec<Value> = Vec::new();
    if let Some(fields) = &shape.object {
        choices.push(object(fields, number));
    }
    if let Some(list) = &shape.list {
        let item = list.item.as_ref().filter(|_| list.items.most > 0);
        let items = item.map(|item| (0..variants(item)).map(|at| value(item, number * 100 + at)).collect());
        choices.push(Value::Array(items.unwrap_or_default()));
    }
    if let Some(text) = &shape.text {
        choices.extend(texts(text, number).into_iter().map(Value::String));
    }
    if let Some(integer) = &shape.integer {
        let least =
            if integer.digits.most > 6 { 10_u64.pow(u32::try_from(integer.digits.most).unwrap() - 1) } else { 1 };
        // a probe asks for one item; with such a limit, a list would go on after this page of results
        let limit = (!integer.limits.is_empty()).then_some(1000);
        choices.push(json!(limit.unwrap_or(least + u64::try_from(number).unwrap())));
    }
    if shape.boolean {
        choices.push(json!(number.is_multiple_of(2)));
    }
    if shape.fraction {
        choices.push(json!(0.5));
    }
    if shape.null {
        choices.push(Value::Null);
    }
    let chosen = number % choices.len().max(1);
    choices.into_iter().nth(chosen).unwrap_or(Value::Null)
}

fn texts(shape: &TextShape, number: usize) -> Vec<String> {
    let forms = shape.forms.iter().map(|form| text_of(form, shape.bytes.most.min(40), number));
    shape.words.iter().cloned().chain(forms).collect()
}

/// Every second object lacks the optional keys. No object has a link to a next page: one page shows everything.
fn object(fields: &std::collections::BTreeMap<String, Shape>, number: usize) -> Value {
    let mut object = Map::new();
    for (key, shape) in fields {
        if key == "next" || (shape.optional && number % 2 == 1) {
            continue;
        }
        let name = if key == UNKNOWN_KEY { "app-key" } else { key };
        object.insert(name.to_owned(), value(shape, number));
    }
    Value::Object(object)
}
