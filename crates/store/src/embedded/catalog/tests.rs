use clew_model::prices::{PriceRow, Rate, Rates};
use rusqlite::Connection;
use serde_json::json;

use super::settings::{INSTANCE, Locked};
use super::*;
use crate::contract::StoreError;
use crate::embedded::agents;
use crate::embedded::rows::fixture::{DAY, ONE, SECOND, TWO, counting, database};
use crate::ids::AgentId;

fn change(workspace: WorkspaceId, second: i64) -> Change {
    Change { workspace, by: "ada".to_owned(), at_nanos: DAY + second * SECOND }
}

fn key(name: &str, scopes: &[Scope]) -> NewKey {
    NewKey { name: name.to_owned(), scopes: scopes.to_vec().into(), agent: None }
}

fn actions(connection: &Connection, workspace: WorkspaceId) -> Vec<String> {
    let entries = audit::list(connection, workspace, None, 100).unwrap();
    entries.iter().map(|entry| format!("{} {}", entry.action, entry.subject)).collect()
}

#[test]
fn a_key_is_told_once_and_known_afterwards() {
    let connection = database();
    let wanted = key("laptop", &[Scope::Ingest, Scope::Read]);
    let (text, record) = keys::create(&connection, &wanted, &counting(), &change(ONE, 0)).unwrap();
    // 32 bytes of value 1 in base 62, reckoned with Python.
    assert_eq!(text, "aos_ws_0El6XFXwsUFD8J2vGxsaboW7rZYnQRBP5d9erwRwd29");
    assert_eq!(record.prefix, "aos_ws_0El6XF");
    assert_eq!(record.scopes.to_string(), "ingest, read");
    assert_eq!((record.created_by.as_str(), record.created_nanos), ("ada", DAY));
    assert_eq!(keys::verify(&connection, &text).unwrap(), Some(record.clone()));
    assert_eq!(keys::list(&connection, ONE).unwrap(), [record]);
    assert_eq!(keys::list(&connection, TWO).unwrap(), []);

    for wrong in
        ["", "aos_ws_", "aos_ws_0El6XF", &text[1..], &format!("{text}0"), &text.to_lowercase()]
    {
        assert_eq!(keys::verify(&connection, wrong).unwrap(), None, "{wrong}");
    }
    let everything = "SELECT group_concat(name || prefix || hex(hash) || created_by) FROM keys";
    let kept: String = connection.query_row(everything, [], |row| row.get(0)).unwrap();
    assert!(!kept.contains("wsUFD8J2vGxsaboW7rZYnQRBP5d9erwRwd29"));
    assert_eq!(actions(&connection, ONE), ["key.create aos_ws_0El6XF"]);
}

#[test]
fn a_revoked_key_is_refused() {
    let connection = database();
    let wanted = key("laptop", &[Scope::Admin]);
    let (text, record) = keys::create(&connection, &wanted, &counting(), &change(ONE, 0)).unwrap();
    assert!(keys::any_is_good(&connection).unwrap());
    let elsewhere = keys::revoke(&connection, record.id, &change(TWO, 5));
    assert!(elsewhere.unwrap_err().is_not_found());
    assert!(keys::verify(&connection, &text).unwrap().is_some());
    let revoked = keys::revoke(&connection, record.id, &change(ONE, 5)).unwrap();
    assert_eq!(revoked.revoked_nanos, Some(DAY + 5 * SECOND));
    keys::revoke(&connection, record.id, &change(ONE, 9)).unwrap();
    assert_eq!(keys::verify(&connection, &text).unwrap(), None);
    assert!(!keys::any_is_good(&connection).unwrap());
    assert_eq!(actions(&connection, ONE), ["key.revoke aos_ws_0El6XF", "key.create aos_ws_0El6XF"]);
}

#[test]
fn the_last_use_is_written_once_a_minute() {
    let connection = database();
    let wanted = key("laptop", &[Scope::Ingest]);
    let (text, record) = keys::create(&connection, &wanted, &counting(), &change(ONE, 0)).unwrap();
    let last = |second| {
        let now = DAY + second * SECOND;
        keys::mark_used(&connection, record.id, now).unwrap();
        let record = keys::verify(&connection, &text).unwrap().unwrap();
        (record.last_used_nanos.unwrap() - DAY, record.use_is_news(now))
    };
    assert!(record.use_is_news(DAY));
    assert_eq!(last(10), (10 * SECOND, false));
    assert_eq!(last(69), (10 * SECOND, false));
    assert_eq!(last(70), (70 * SECOND, false));
}

#[test]
fn an_agent_key_names_an_agent_of_its_workspace() {
    let connection = database();
    let agent = AgentId([7; 16]);
    let wanted = NewKey { agent: Some(agent), ..key("bot", &[Scope::Ingest]) };
    let missing = keys::create(&connection, &wanted, &counting(), &change(ONE, 0));
    assert!(missing.unwrap_err().is_not_found());
    agents::insert(&connection, ONE, agent, "planner", true, DAY).unwrap();
    let elsewhere = keys::create(&connection, &wanted, &counting(), &change(TWO, 0));
    assert!(elsewhere.unwrap_err().is_not_found());
    let (text, record) = keys::create(&connection, &wanted, &counting(), &change(ONE, 0)).unwrap();
    assert!(text.starts_with("aos_agent_0El6XF"));
    assert_eq!(record.agent, Some(agent));
}

#[test]
fn a_seeded_key_is_taken_as_it_is_but_not_a_guessable_one() {
    let connection = database();
    let wanted = key("first", &[Scope::Admin]);
    let text = "aos_ws_abcdefghijklmnopqrstuvwx";
    let first = keys::seed(&connection, &wanted, text, &change(ONE, 0)).unwrap();
    let second = keys::seed(&connection, &wanted, text, &change(ONE, 9)).unwrap();
    assert_eq!(first, second);
    assert_eq!(keys::verify(&connection, text).unwrap(), Some(first));
    for weak in ["secret", "aos_ws_short", "aos_ws_with spaces in it but long enough"] {
        let refused = keys::seed(&connection, &wanted, weak, &change(ONE, 0));
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{weak}");
    }
}

#[test]
fn workspaces_are_made_listed_and_removed_with_their_books() {
    let connection = database();
    let made = workspaces::create(&connection, "Team-3.x", &change(ONE, 0)).unwrap();
    let names: Vec<String> =
        workspaces::list(&connection).unwrap().into_iter().map(|found| found.name).collect();
    assert_eq!(names, ["Team-3.x", "default", "two"]);
    assert!(matches!(
        workspaces::create(&connection, "two", &change(ONE, 0)),
        Err(StoreError::Conflict(_))
    ));
    for bad in ["", "-x", "a b", "a/b", &"x".repeat(65), "é"] {
        let refused = workspaces::create(&connection, bad, &change(ONE, 0));
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{bad}");
    }
    let inside = change(made.id, 1);
    let (text, _) =
        keys::create(&connection, &key("k", &[Scope::Read]), &counting(), &inside).unwrap();
    views::save(&connection, "mine", "traces", &json!({}), &inside).unwrap();
    assert!(workspaces::close(&connection, &made, &inside).is_err());
    workspaces::close(&connection, &made, &change(ONE, 2)).unwrap();
    assert_eq!(workspaces::list(&connection).unwrap().len(), 2);
    assert_eq!(workspaces::closed(&connection).unwrap()[0].id, made.id);
    assert_eq!(keys::verify(&connection, &text).unwrap(), None);
    workspaces::remove(&connection, made.id).unwrap();
    assert_eq!(workspaces::by_name(&connection, "Team-3.x").unwrap(), None);
    assert_eq!(keys::verify(&connection, &text).unwrap(), None);
    assert_eq!(views::list(&connection, made.id).unwrap(), []);
    let again = workspaces::create(&connection, "Team-3.x", &change(ONE, 3)).unwrap();
    assert_ne!(again.id, made.id);
}

#[test]
fn every_table_of_a_workspace_is_emptied_with_it() {
    let connection = database();
    let sql = "SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND EXISTS \
               (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'workspace')";
    let mut statement = connection.prepare(sql).unwrap();
    let tables: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    for table in tables {
        // These go trace by trace, before.
        let goes_before = [
            "traces",
            "run_events",
            "trace_notes",
            "attachments",
            "contents",
            "workspaces",
            "chunk",
            "block",
            "shared",
        ]
        .contains(&table.as_str());
        assert!(goes_before || workspaces::TABLES.contains(&table.as_str()), "{table}");
    }
}

#[test]
fn the_default_workspace_is_made_once() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(include_str!("../schema/rows.sql")).unwrap();
    workspaces::make_default(&connection, DAY).unwrap();
    workspaces::make_default(&connection, DAY).unwrap();
    let all = workspaces::list(&connection).unwrap();
    assert_eq!(all, [Workspace { id: ONE, name: "default".to_owned(), created_nanos: DAY }]);
}

#[test]
fn a_setting_is_changed_unless_it_is_locked() {
    let connection = database();
    let locked = Locked::from([("retention.days".to_owned(), json!(30))]);
    let set = |name: &str, value: Option<serde_json::Value>| {
        settings::set(&connection, INSTANCE, name, value.as_ref(), &locked, &change(ONE, 4))
    };
    set("open_mode", Some(json!(false))).unwrap();
    assert!(matches!(set("retention.days", Some(json!(7))), Err(StoreError::Conflict(_))));
    assert_eq!(
        settings::get(&connection, INSTANCE, "open_mode", &locked).unwrap(),
        Some(json!(false))
    );
    assert_eq!(
        settings::get(&connection, INSTANCE, "retention.days", &locked).unwrap(),
        Some(json!(30))
    );
    assert_eq!(settings::get(&connection, ONE, "open_mode", &locked).unwrap(), None);
    let all = settings::list(&connection, INSTANCE, &locked).unwrap();
    let told: Vec<_> =
        all.iter().map(|s| (s.name.as_str(), s.locked, s.changed_by.as_str())).collect();
    assert_eq!(told, [("open_mode", false, "ada"), ("retention.days", true, "")]);
    set("open_mode", None).unwrap();
    assert_eq!(settings::get(&connection, INSTANCE, "open_mode", &locked).unwrap(), None);
    let details: Vec<String> = audit::list(&connection, ONE, None, 9)
        .unwrap()
        .into_iter()
        .map(|entry| entry.detail)
        .collect();
    assert_eq!(details, ["false to default", "default to false"]);
}

#[test]
fn views_are_replaced_by_name() {
    let connection = database();
    let first = views::save(
        &connection,
        "slow",
        "traces",
        &json!({"filter": "duration > 2s"}),
        &change(ONE, 0),
    )
    .unwrap();
    let second = views::save(
        &connection,
        "slow",
        "traces",
        &json!({"filter": "duration > 3s"}),
        &change(ONE, 5),
    )
    .unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(second.created_nanos, DAY);
    assert_eq!(second.definition, json!({"filter": "duration > 3s"}));
    views::save(&connection, "slow", "traces", &json!({}), &change(TWO, 0)).unwrap();
    assert_eq!(views::list(&connection, ONE).unwrap(), [second]);
    assert!(views::remove(&connection, first.id, &change(TWO, 0)).unwrap_err().is_not_found());
    views::remove(&connection, first.id, &change(ONE, 0)).unwrap();
    assert_eq!(views::list(&connection, ONE).unwrap(), []);
    assert_eq!(views::list(&connection, TWO).unwrap().len(), 1);
}

#[test]
fn the_last_hundred_requests_are_kept() {
    let connection = database();
    let request = |second: i64| RequestEntry {
        at_nanos: DAY + second * SECOND,
        path: "/v1/traces".to_owned(),
        client: "x".repeat(600),
        status: 400,
        bytes: 12,
        rejected: 1,
        reason: Some("not protobuf at offset 3".to_owned()),
        ..RequestEntry::default()
    };
    requests::append(&connection, TWO, &[request(0)]).unwrap();
    for second in 0..60 {
        requests::append(&connection, ONE, &[request(second), request(second)]).unwrap();
    }
    let kept = requests::list(&connection, ONE).unwrap();
    assert_eq!(kept.len(), 100);
    assert_eq!((kept[0].at_nanos, kept[99].at_nanos), (DAY + 59 * SECOND, DAY + 10 * SECOND));
    assert_eq!(kept[0].client.len(), 500);
    assert_eq!(kept[0].reason.as_deref(), Some("not protobuf at offset 3"));
    assert_eq!(requests::list(&connection, TWO).unwrap().len(), 1);
}

#[test]
fn prices_are_replaced_by_provider_model_and_beginning() {
    let connection = database();
    let price = |input: i64| PriceRow {
        model: "house-model".to_owned(),
        provider: None,
        mode: String::new(),
        from_nanos: None,
        rates: Rates { input: Rate(input), ..Rates::default() },
        shipped: false,
    };
    prices::put(&connection, &price(1), &change(ONE, 0)).unwrap();
    prices::put(&connection, &price(2), &change(ONE, 0)).unwrap();
    let later = PriceRow { from_nanos: Some(DAY), ..price(3) };
    prices::put(&connection, &later, &change(ONE, 0)).unwrap();
    assert_eq!(prices::list(&connection, ONE).unwrap(), [price(2), later.clone()]);
    assert_eq!(prices::list(&connection, TWO).unwrap(), []);
    prices::remove(&connection, &later, &change(ONE, 0)).unwrap();
    assert!(prices::remove(&connection, &later, &change(ONE, 0)).unwrap_err().is_not_found());
    assert_eq!(prices::list(&connection, ONE).unwrap(), [price(2)]);
}

#[test]
fn the_audit_log_is_read_in_pages() {
    let connection = database();
    for second in 0..5 {
        audit::append(&connection, &change(ONE, second), "test", &second.to_string(), "").unwrap();
    }
    audit::append(&connection, &change(TWO, 9), "test", "other", "").unwrap();
    let first = audit::list(&connection, ONE, None, 3).unwrap();
    assert_eq!(first.iter().map(|entry| &*entry.subject).collect::<Vec<_>>(), ["4", "3", "2"]);
    let rest = audit::list(&connection, ONE, Some(first[2].id), 3).unwrap();
    assert_eq!(rest.iter().map(|entry| &*entry.subject).collect::<Vec<_>>(), ["1", "0"]);
}
