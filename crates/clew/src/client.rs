//! Calls of the HTTP API. Every command but `serve` is made of these.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value as Json;

/// A server and how to call it.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    base: String,
    key: Option<String>,
    workspace: Option<String>,
}

/// Longest answer read whole; the server keeps each page below it.
const ANSWER_MAX_BYTES: u64 = 256 << 20;
/// A body to be imported may be as large as the server takes.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);
/// Is anybody there? Asked before every command, so it must not be felt.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An answer that is not a success.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Word from the API's closed set.
    pub code: String,
    /// Sentence for people.
    pub message: String,
    /// Place in a filter, characters from 0.
    pub place: Option<(usize, usize)>,
}

impl Client {
    /// `base` is `http://host:port` without a trailing slash.
    pub(crate) fn new(base: &str, key: Option<String>, workspace: Option<String>) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .user_agent(concat!("clew/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Self { agent, base: base.trim_end_matches('/').to_owned(), key, workspace }
    }

    /// The address that it calls.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// `GET` with query parameters; those without a value are left out.
    pub(crate) fn get(
        &self,
        path: &str,
        parameters: &[(&str, Option<&str>)],
    ) -> anyhow::Result<Json> {
        let request = self.with_headers(self.agent.get(self.url(path)));
        let request = parameters
            .iter()
            .filter_map(|(name, value)| Some((*name, (*value)?)))
            .fold(request, |request, (name, value)| request.query(name, value));
        let call = request.config().timeout_global(Some(CALL_TIMEOUT)).build();
        json(self.answered(call.call())?)
    }

    /// `POST` with a JSON body.
    pub(crate) fn post(&self, path: &str, body: &Json) -> anyhow::Result<Json> {
        self.post_bytes(path, "application/json", None, body.to_string().as_bytes())
    }

    /// `POST` with any body.
    pub(crate) fn post_bytes(
        &self,
        path: &str,
        content_type: &str,
        coding: Option<&str>,
        body: &[u8],
    ) -> anyhow::Result<Json> {
        let request = self.with_headers(self.agent.post(self.url(path)));
        let mut request = request.header("Content-Type", content_type);
        if let Some(coding) = coding {
            request = request.header("Content-Encoding", coding);
        }
        let call = request.config().timeout_global(Some(CALL_TIMEOUT)).build();
        json(self.answered(call.send(body))?)
    }

    /// `DELETE`.
    pub(crate) fn delete(&self, path: &str) -> anyhow::Result<Json> {
        json(self.answered(self.with_headers(self.agent.delete(self.url(path))).call())?)
    }

    /// Lines of a long answer, as they come: server-sent events or JSON lines.
    pub(crate) fn lines(
        &self,
        path: &str,
        parameters: &[(&str, Option<&str>)],
        accept: &str,
    ) -> anyhow::Result<impl Iterator<Item = std::io::Result<String>> + use<>> {
        let request = self.with_headers(self.agent.get(self.url(path))).header("Accept", accept);
        let request = parameters
            .iter()
            .filter_map(|(name, value)| Some((*name, (*value)?)))
            .fold(request, |request, (name, value)| request.query(name, value));
        let response = self.answered(request.call())?;
        let reader = response.into_body().into_with_config().limit(u64::MAX).reader();
        Ok(BufReader::new(reader).lines())
    }

    /// A Clew answers there, soon.
    pub(crate) fn is_clew(&self) -> bool {
        let request = self.agent.get(self.url("/healthz")).config();
        request
            .timeout_global(Some(PROBE_TIMEOUT))
            .build()
            .call()
            .is_ok_and(|response| response.status().is_success())
    }

    /// A long answer's bytes.
    pub(crate) fn download(&self, path: &str) -> anyhow::Result<Box<dyn Read>> {
        let response = self.answered(self.with_headers(self.agent.get(self.url(path))).call())?;
        Ok(Box::new(response.into_body().into_with_config().limit(u64::MAX).reader()))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn with_headers<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        let request = match &self.key {
            Some(key) => request.header("Authorization", format!("Bearer {key}")),
            None => request,
        };
        match &self.workspace {
            Some(workspace) => request.header("X-Clew-Workspace", workspace),
            None => request,
        }
    }

    fn answered(
        &self,
        result: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> anyhow::Result<ureq::http::Response<ureq::Body>> {
        let response = result.with_context(|| {
            format!("cannot reach Clew at {}; is `clew serve` running there?", self.base)
        })?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(refusal(response).into())
    }
}

fn json(response: ureq::http::Response<ureq::Body>) -> anyhow::Result<Json> {
    let mut text = String::new();
    response
        .into_body()
        .into_with_config()
        .limit(ANSWER_MAX_BYTES)
        .reader()
        .read_to_string(&mut text)
        .context("the server's answer broke off")?;
    if text.trim().is_empty() {
        return Ok(Json::Null);
    }
    match serde_json::from_str(&text) {
        Ok(json) => Ok(json),
        Err(error) => bail!("the server's answer is no JSON ({error}); is this a Clew?"),
    }
}

fn refusal(response: ureq::http::Response<ureq::Body>) -> Refusal {
    let status = response.status().as_u16();
    let body = json(response).unwrap_or(Json::Null);
    let error = &body["error"];
    let place = error["from"].as_u64().zip(error["to"].as_u64());
    Refusal {
        status,
        code: error["code"].as_str().unwrap_or_default().to_owned(),
        message: match error["message"].as_str() {
            Some(message) => match error["field"].as_str() {
                Some(field) if !message.contains(field) => format!("{field}: {message}"),
                _ => message.to_owned(),
            },
            None => format!("the server answered {status}"),
        },
        place: place.map(|(from, to)| (from as usize, to as usize)),
    }
}
