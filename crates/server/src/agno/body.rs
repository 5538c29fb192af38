//! The body of a search, checked field by field with the words of agno's framework.

use serde_json::{Map, Value as Json, json};

use super::request::{Page, fault, too_small};

/// Trees of a page, at most.
const LIMIT_MAX: i64 = 100;

/// A search.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SearchBody {
    pub(super) filter: Option<Json>,
    pub(super) by_session: bool,
    pub(super) page: Page,
}

/// Reads a body, or says everything that is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Result<SearchBody, Vec<Json>> {
    if bytes.is_empty() {
        return Err(vec![missing()]);
    }
    let body = match serde_json::from_slice(bytes) {
        Ok(Json::Object(body)) => body,
        Ok(Json::Null) => return Err(vec![missing()]),
        Ok(other) => {
            let message = "Input should be a valid dictionary or object to extract fields from";
            return Err(vec![fault("model_attributes_type", &["body"], message, &other, None)]);
        }
        Err(error) => return Err(vec![not_json(bytes, &error)]),
    };
    let mut faults = Vec::new();
    let filter = filter(&body, &mut faults);
    let by_session = group_by(&body, &mut faults);
    let page = number(&body, "page", (1, i64::MAX, 1), &mut faults);
    let limit = number(&body, "limit", (1, LIMIT_MAX, 20), &mut faults);
    if faults.is_empty() {
        Ok(SearchBody { filter, by_session, page: Page { page, limit } })
    } else {
        Err(faults)
    }
}

fn missing() -> Json {
    fault("missing", &["body"], "Field required", &Json::Null, None)
}

/// An empty filter is none.
fn filter(body: &Map<String, Json>, faults: &mut Vec<Json>) -> Option<Json> {
    match body.get("filter") {
        None | Some(Json::Null) => None,
        Some(Json::Object(members)) if members.is_empty() => None,
        Some(filter @ Json::Object(_)) => Some(filter.clone()),
        Some(other) => {
            let message = "Input should be a valid dictionary";
            faults.push(fault("dict_type", &["body", "filter"], message, other, None));
            None
        }
    }
}

fn group_by(body: &Map<String, Json>, faults: &mut Vec<Json>) -> bool {
    match body.get("group_by") {
        None => false,
        Some(Json::String(word)) if word == "run" => false,
        Some(Json::String(word)) if word == "session" => true,
        Some(other) => {
            let expected = "'run' or 'session'";
            let message = format!("Input should be {expected}");
            let context = Some(json!({ "expected": expected }));
            faults.push(fault("enum", &["body", "group_by"], &message, other, context));
            false
        }
    }
}

/// A whole number, which may come as text. `bounds` are least, most and default.
fn number(
    body: &Map<String, Json>,
    name: &str,
    bounds: (i64, i64, u64),
    faults: &mut Vec<Json>,
) -> u64 {
    let (least, most, default) = bounds;
    let place = ["body", name];
    let Some(value) = body.get(name) else { return default };
    let mut refuse = |kind: &str, message: &str| {
        faults.push(fault(kind, &place, message, value, None));
        default
    };
    let number = match value {
        Json::String(text) => match text.trim().parse::<i64>() {
            Ok(number) => number,
            Err(_) => {
                let message =
                    "Input should be a valid integer, unable to parse string as an integer";
                return refuse("int_parsing", message);
            }
        },
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole,
            (None, Some(double)) if double.fract() == 0.0 => double as i64,
            _ => {
                let message =
                    "Input should be a valid integer, got a number with a fractional part";
                return refuse("int_from_float", message);
            }
        },
        _ => return refuse("int_type", "Input should be a valid integer"),
    };
    if number < least {
        faults.push(too_small(&place, least, value));
        default
    } else if number > most {
        let message = format!("Input should be less than or equal to {most}");
        let context = Some(json!({ "le": most }));
        faults.push(fault("less_than_equal", &place, &message, value, context));
        default
    } else {
        u64::try_from(number).unwrap_or(default)
    }
}

fn not_json(bytes: &[u8], error: &serde_json::Error) -> Json {
    let before: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let offset = (before + error.column().saturating_sub(1)).min(bytes.len());
    // Python's reader and ours put it differently; the place is the same.
    let message = match error.to_string() {
        text if text.starts_with("key must be a string") => {
            "Expecting property name enclosed in double quotes"
        }
        text if text.starts_with("trailing characters") => "Extra data",
        text if text.contains("expected `:`") => "Expecting ':' delimiter",
        text if text.contains("expected `,`") => "Expecting ',' delimiter",
        _ => "Expecting value",
    };
    json!({
        "type": "json_invalid", "loc": ["body", offset], "msg": "JSON decode error",
        "input": {}, "ctx": { "error": message },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(page: u64, limit: u64) -> Page {
        Page { page, limit }
    }

    #[test]
    fn a_body_may_leave_everything_out() {
        for body in [&b"{}"[..], br#"{"filter":null,"foo":1}"#, br#"{"filter":{}}"#] {
            let read = read(body).unwrap();
            assert_eq!((read.filter, read.by_session, read.page), (None, false, page(1, 20)));
        }
        let read = read(br#"{"group_by":"session","page":"2","limit":3.0}"#).unwrap();
        assert_eq!((read.by_session, read.page), (true, page(2, 3)));
    }

    #[test]
    fn every_fault_is_told() {
        let faults = read(br#"{"filter":[],"group_by":"agent","page":0,"limit":1.5}"#).unwrap_err();
        let kinds: Vec<&str> = faults.iter().filter_map(|fault| fault["type"].as_str()).collect();
        assert_eq!(kinds, ["dict_type", "enum", "greater_than_equal", "int_from_float"]);
        assert_eq!(read(b"").unwrap_err()[0]["type"], "missing");
        assert_eq!(read(b"[]").unwrap_err()[0]["type"], "model_attributes_type");
        assert_eq!(read(b"{\"page\":1}x").unwrap_err()[0]["ctx"]["error"], "Extra data");
    }
}
