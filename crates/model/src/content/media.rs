//! Media inside messages: data URLs, base64, byte arrays, links, provider files.

use serde_json::Value as Json;

use crate::message::Part;

/// Bytes given as a JSON array or map of numbers are turned into base64 up to this many.
const BYTES_MAX: usize = 1024 * 1024;

/// The modality of a media type.
pub(super) fn modality(mime_type: Option<&str>, otherwise: &str) -> String {
    let kind = mime_type.and_then(|mime| mime.split('/').next());
    match kind {
        Some(kind @ ("image" | "audio" | "video")) => kind.to_owned(),
        Some("text" | "application") if otherwise == "file" => "document".to_owned(),
        _ if otherwise == "file" => "document".to_owned(),
        _ => otherwise.to_owned(),
    }
}

/// A link, or the media inside a `data:` URL.
pub(super) fn from_url(url: &str, mime_type: Option<&str>, otherwise: &str) -> Part {
    if let Some((kind, content)) =
        url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"))
    {
        return blob(content, Some(kind).filter(|kind| !kind.is_empty()), otherwise);
    }
    Part::Uri {
        modality: modality(mime_type, otherwise),
        uri: url.to_owned(),
        mime_type: mime_type.map(str::to_owned),
    }
}

/// Media as base64.
pub(super) fn blob(content: &str, mime_type: Option<&str>, otherwise: &str) -> Part {
    Part::Blob {
        modality: modality(mime_type, otherwise),
        mime_type: mime_type.map(str::to_owned),
        content: content.to_owned(),
    }
}

/// Media kept by the provider.
pub(super) fn file(file_id: &str, mime_type: Option<&str>, otherwise: &str) -> Part {
    Part::File {
        modality: modality(mime_type, otherwise),
        file_id: file_id.to_owned(),
        mime_type: mime_type.map(str::to_owned),
    }
}

/// Media that may be base64, a URL, or bytes written as JSON.
pub(super) fn from_data(data: &Json, mime_type: Option<&str>, otherwise: &str) -> Option<Part> {
    if let Some(text) = data.as_str() {
        let is_url = ["data:", "http://", "https://", "gs://", "s3://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        return Some(if is_url {
            from_url(text, mime_type, otherwise)
        } else {
            blob(text, mime_type, otherwise)
        });
    }
    let bytes = bytes_of(data)?;
    Some(blob(&base64(&bytes), mime_type, otherwise))
}

/// Bytes that JavaScript wrote as `{"0":255,...}`, `{"type":"Buffer","data":[...]}`, a
/// plain array, or Python as `{"bytes": "..."}`.
fn bytes_of(data: &Json) -> Option<Vec<u8>> {
    let byte = |number: &Json| number.as_u64().and_then(|number| u8::try_from(number).ok());
    match data {
        Json::Array(items) if items.len() <= BYTES_MAX => items.iter().map(byte).collect(),
        Json::Object(members) => match members.get("data") {
            Some(inner @ Json::Array(_)) => bytes_of(inner),
            _ if members.is_empty() || members.len() > BYTES_MAX => None,
            _ => (0..members.len())
                .map(|index| members.get(&index.to_string()).and_then(byte))
                .collect(),
        },
        _ => None,
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        let word = word << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                let digit = (word >> (18 - 6 * place)) & 63;
                text.push(char::from(DIGITS[digit as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    // Expected texts from `printf ... | base64`.
    #[test]
    fn bytes_become_base64() {
        for (bytes, want) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v")] {
            assert_eq!(base64(bytes.as_bytes()), want);
        }
        assert_eq!(bytes_of(&json!({"0": 255, "1": 0})), Some(vec![255, 0]));
        assert_eq!(bytes_of(&json!({"type": "Buffer", "data": [1, 2]})), Some(vec![1, 2]));
        assert_eq!(bytes_of(&json!({"a": 1})), None);
    }

    #[test]
    fn data_urls_are_blobs_and_others_links() {
        assert_eq!(
            from_url("data:image/png;base64,AAAA", None, "image"),
            Part::Blob {
                modality: "image".into(),
                mime_type: Some("image/png".into()),
                content: "AAAA".into()
            }
        );
        assert_eq!(
            from_url("https://example.com/a.pdf", Some("application/pdf"), "file"),
            Part::Uri {
                modality: "document".into(),
                uri: "https://example.com/a.pdf".into(),
                mime_type: Some("application/pdf".into())
            }
        );
    }
}
