//! Keys, scopes, hosts, origins.

use clew_store::{Scope, WorkspaceId};
use serde_json::json;

use super::harness::{Clew, LOCAL_KEY, request};
use crate::routes::{Access, Owner, ROUTES};

#[tokio::test]
async fn a_closed_server_wants_a_key() {
    let clew = Clew::closed();
    let answer = clew.get("/api/v1/views").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.code(), "unauthenticated");
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
    let answer = clew.get_as("/api/v1/views", "aos_ws_wrong").await;
    assert_eq!(answer.status, 401);
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Read], None);
    assert_eq!(clew.get_as("/api/v1/views", &key).await.status, 200);
    assert_eq!(clew.get_as("/api/v1/audit", &key).await.status, 403);
}

#[tokio::test]
async fn every_route_asks_for_its_scope() {
    let clew = Clew::closed();
    let other = clew.workspace("other");
    let mut keys = vec![("nobody".to_owned(), String::new(), None)];
    for scope in Scope::ALL {
        for agent in [None, Some("planner")] {
            let key = clew.key(other, &[scope], agent);
            keys.push((format!("{scope:?} {agent:?}"), key, Some((scope, agent.is_some()))));
        }
    }
    for route in ROUTES.iter().filter(|route| route.owner != Owner::Grpc) {
        for (name, key, may) in &keys {
            let path = route.path.replace(['{', '}'], "");
            let authorization = format!("Bearer {key}");
            let headers: &[(&str, &str)] = match may {
                None => &[],
                Some(_) => &[("authorization", &authorization)],
            };
            let response = clew.stream(request(route.method.as_str(), &path, headers, "{}")).await;
            let status = response.status().as_u16();
            let refused = match (route.access, may) {
                (Access::Public, _) => None,
                (_, None) => Some(401),
                (Access::Operator, _) => Some(403),
                (Access::Scope(scope) | Access::Workspace(scope), Some((own, agent))) => {
                    let allowed = scope == *own || *own == Scope::Admin;
                    let bound = matches!(route.access, Access::Workspace(_)) && *agent;
                    (!allowed || bound).then_some(403)
                }
            };
            let what = format!("{} {} as {name}", route.method, route.path);
            match refused {
                Some(expected) => assert_eq!(status, expected, "{what}"),
                None => assert!(!matches!(status, 401 | 403), "{what}: {status}"),
            }
        }
    }
}

#[tokio::test]
async fn open_mode_answers_loopback_names_only() {
    let clew = Clew::open();
    for host in ["localhost:2539", "127.0.0.1", "[::1]:2539"] {
        let answer = clew.send(request("GET", "/api/v1/views", &[("host", host)], "")).await;
        assert_eq!(answer.status, 200, "{host}");
    }
    for path in ["/api/v1/views", "/healthz", "/nothing"] {
        let answer = clew.send(request("GET", path, &[("host", "evil.example")], "")).await;
        assert_eq!(answer.status, 403, "{path}");
        assert_eq!(answer.code(), "foreign_origin");
    }
    let foreign = [("origin", "http://evil.example")];
    let answer = clew.send(request("POST", "/v1/traces", &foreign, "{}")).await;
    assert_eq!(answer.status, 403);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn open_mode_ignores_foreign_keys_and_refuses_wrong_ones_of_ours() {
    let clew = Clew::open();
    assert_eq!(clew.get_as("/api/v1/views", "lsv2_dummy").await.status, 200);
    assert_eq!(clew.get_as("/api/v1/views", "aos_ws_wrong").await.status, 401);
}

#[tokio::test]
async fn a_workspace_is_named_by_header_in_open_mode_only() {
    let clew = Clew::open();
    let other = clew.workspace("other");
    let named = |name| request("GET", "/api/v1/session", &[("x-clew-workspace", name)], "");
    assert_eq!(clew.send(named("other")).await.json()["workspace"], "other");
    let listed = request("GET", "/api/v1/views", &[("x-clew-workspace", "nowhere")], "");
    assert_eq!(clew.send(listed).await.status, 404);

    let clew_closed = Clew::closed();
    let other_closed = clew_closed.workspace("other");
    assert_eq!(other, other_closed);
    let key = clew_closed.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("x-clew-workspace", "other")];
    // Whoever runs the instance keeps the keys of all, and reads the traces of none.
    let keys = clew_closed.send(request("GET", "/api/v1/keys", &headers, "")).await;
    assert_eq!(keys.json(), json!({"keys": []}));
    assert_eq!(clew_closed.send(request("GET", "/api/v1/views", &headers, "")).await.status, 403);
    let key = clew_closed.key(other_closed, &Scope::ALL, None);
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("x-clew-workspace", "default")];
    assert_eq!(clew_closed.send(request("GET", "/api/v1/keys", &headers, "")).await.status, 403);
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let body = json!({"name": "ci", "scopes": ["read"], "agent": "planner"});
    let made = clew.call("POST", "/api/v1/keys", &admin, &body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let (made, key) = (made.json(), made.json()["key"].as_str().unwrap().to_owned());
    assert!(key.starts_with("aos_agent_"));
    assert_eq!(made["agent"]["name"], "planner");
    assert_eq!(clew.get_as("/api/v1/session", &key).await.json()["scopes"], json!(["read"]));
    let path = format!("/api/v1/keys/{}", made["id"]);
    assert_eq!(clew.call("DELETE", &path, &admin, &json!({})).await.status, 200);
    let state = clew.get_as("/api/v1/session", &key).await.json();
    assert_eq!(state["scopes"], json!(null));
    let listed = clew.get_as("/api/v1/keys", &admin).await.text();
    assert!(!listed.contains(&key), "a key is shown once");
}

#[tokio::test]
async fn a_browser_signs_in_with_a_cookie_that_cannot_be_forged_with() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let wrong = clew.call("POST", "/api/v1/session", "", &json!({"key": "aos_ws_wrong"})).await;
    assert_eq!(wrong.status, 400);
    let foreign = [("origin", "http://evil.example"), ("content-type", "application/json")];
    let body = json!({ "key": admin }).to_string();
    let answer = clew.send(request("POST", "/api/v1/session", &foreign, body)).await;
    assert_eq!(answer.status, 403);

    let signed_in = clew.call("POST", "/api/v1/session", "", &json!({"key": admin})).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(&admin));
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let read = [("cookie", cookie.as_str())];
    assert_eq!(clew.send(request("GET", "/api/v1/audit", &read, "")).await.status, 200);
    let body = r#"{"name":"slow","page":"traces","definition":{}}"#;
    let bare = clew.send(request("POST", "/api/v1/views", &read, body)).await;
    assert_eq!(bare.status, 403, "a change needs the header that forms cannot send");
    let page = [("cookie", cookie.as_str()), ("x-clew-page", "1")];
    assert_eq!(clew.send(request("POST", "/api/v1/views", &page, body)).await.status, 200);
    let foreign = [page[0], page[1], ("origin", "http://evil.example")];
    assert_eq!(clew.send(request("POST", "/api/v1/views", &foreign, body)).await.status, 403);

    let out = request("DELETE", "/api/v1/session?everywhere=true", &page, "");
    assert_eq!(clew.send(out).await.status, 200);
    assert_eq!(clew.send(request("GET", "/api/v1/audit", &read, "")).await.status, 401);
}

#[tokio::test]
async fn changes_stand_in_the_audit_log() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let body = json!({"name": "slow", "page": "traces", "definition": {"filter": "duration>5s"}});
    assert_eq!(clew.call("POST", "/api/v1/views", &admin, &body).await.status, 200);
    let log = clew.get_as("/api/v1/audit?limit=1", &admin).await.json();
    let entry = &log["entries"][0];
    assert_eq!((&entry["action"], &entry["subject"]), (&json!("view.save"), &json!("slow")));
    let by = entry["by"].as_str().unwrap();
    assert!(by.starts_with("key aos_ws_") && !by.contains(&admin), "{by}");
    assert!(log["next_cursor"].is_string());
}

#[tokio::test]
async fn unknown_parameters_and_paths_are_told() {
    let clew = Clew::open();
    let answer = clew.get("/api/v1/audit?limt=5").await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json(),
        json!({"error": {"code": "bad_request", "message": "there is no parameter `limt` here",
            "field": "limt", "suggestions": ["limit", "cursor"]}})
    );
    assert_eq!(clew.get("/api/v1/nothing").await.code(), "not_found");
    let answer = clew.send(request("PUT", "/api/v1/views", &[], "")).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (405, "method_not_allowed"));
    assert!(answer.headers.contains_key("allow"));
}

#[tokio::test]
async fn settings_change_unless_they_are_locked() {
    let clew = Clew::with(|config| {
        config.locked_settings = vec![("retention.max_bytes".to_owned(), json!(1_u64 << 30))];
    });
    let put = async |name: &str, value: serde_json::Value| {
        clew.call("PUT", "/api/v1/settings", "", &json!({ "name": name, "value": value })).await
    };
    let answer = put("retention.days", json!(30)).await.json();
    let setting = &answer["settings"][0];
    assert_eq!((&setting["value"], &setting["locked"]), (&json!(30), &json!(false)));
    assert_eq!(setting["changed_by"], "open mode");
    let locked = put("retention.max_bytes", json!(1_u64 << 31)).await;
    assert_eq!((locked.status.as_u16(), locked.code().as_str()), (409, "locked"));
    let listed = clew.get("/api/v1/settings").await.json();
    assert_eq!(listed["settings"][2]["value"], json!(1_u64 << 30));
    let rules = json!([{"name": "chatter", "filter": "tool:search", "days": 3}]);
    assert_eq!(put("retention.rules", rules).await.status, 200);
    let wrong = json!([{"name": "chatter", "filter": "tol:search", "days": 3}]);
    for (name, value) in [
        ("retention.rules", wrong),
        ("retention.days", json!("soon")),
        ("retention.days", json!(0)),
        ("retention.dayz", json!(1)),
    ] {
        assert_eq!(put(name, value).await.status, 400, "{name}");
    }
    let answer = put("retention.days", json!(null)).await.json();
    assert_eq!(answer["settings"][0]["value"], json!(null));
}

#[tokio::test]
async fn prices_are_set_for_what_comes_then() {
    let clew = Clew::open();
    let price = json!({"model": "house-model", "rates": {"input": "1", "output": "2"}});
    let answer = clew.call("PUT", "/api/v1/prices", "", &price).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let own = clew.get("/api/v1/prices?own=true").await.json();
    assert_eq!(own["prices"][0]["model"], "house-model");
    assert_eq!(own["prices"][0]["rates"]["input"], "1");
    let name = json!({"model": "house-model"});
    assert_eq!(clew.call("DELETE", "/api/v1/prices", "", &name).await.status, 200);
    assert_eq!(clew.call("DELETE", "/api/v1/prices", "", &name).await.status, 404);
    let shipped = clew.get("/api/v1/prices?q=gpt-5-mini").await.json();
    assert!(!shipped["prices"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn commands_on_the_servers_machine_have_a_key_of_their_own() {
    let clew = Clew::closed();
    clew.workspace("other");
    let bearer = format!("Bearer {LOCAL_KEY}");
    let headers = [("authorization", bearer.as_str()), ("x-clew-workspace", "other")];
    for path in ["/api/v1/traces", "/api/v1/keys", "/api/v1/check"] {
        let answer = clew.send(request("GET", path, &headers, "")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    assert_eq!(clew.get_as("/api/v1/traces", "aos_local_of_another").await.status, 401);
    let state = clew.send(request("GET", "/api/v1/session", &headers, "")).await.json();
    assert_eq!((&state["workspace"], &state["by"]), (&json!("other"), &json!("command line")));
}

#[tokio::test]
async fn a_page_is_told_why_it_must_sign_in_again() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let asked = json!({"name": "p", "scopes": ["read"]});
    let made = clew.call("POST", "/api/v1/keys", &admin, &asked).await.json();
    let key = made["key"].as_str().unwrap();
    let signed_in = clew.call("POST", "/api/v1/session", "", &json!({ "key": key })).await;
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let page = async |cookie: &str| {
        clew.send(request("GET", "/api/v1/views", &[("cookie", cookie)], "")).await
    };
    let told = |answer: super::harness::Answer| {
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        (answer.status.as_u16(), answer.code())
    };
    assert_eq!(page(cookie).await.status, 200);
    assert_eq!(told(clew.get("/api/v1/views").await), (401, "unauthenticated".to_owned()));
    assert_eq!(told(page("clew_session=made-up").await), (401, "session_ended".to_owned()));
    let path = format!("/api/v1/keys/{}", made["id"]);
    assert_eq!(clew.call("DELETE", &path, &admin, &json!({})).await.status, 200);
    assert_eq!(told(page(cookie).await), (401, "key_revoked".to_owned()));
    assert_eq!(told(clew.get_as("/api/v1/views", key).await), (401, "key_revoked".to_owned()));
    let unknown = clew.get_as("/api/v1/views", &format!("{key}x")).await;
    assert_eq!(told(unknown), (401, "unauthenticated".to_owned()));
    let again = clew.call("POST", "/api/v1/session", "", &json!({ "key": key })).await;
    assert_eq!((again.status.as_u16(), again.code().as_str()), (400, "bad_request"));
}
