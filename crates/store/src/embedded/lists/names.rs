//! What numbers in rows stand for, looked up once for each list.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use rusqlite::{Connection, OptionalExtension, params};

use crate::contract::StoreError;
use crate::embedded::facets::{self, Term};
use crate::ids::{AgentId, WorkspaceId};
use crate::row::AgentRef;

/// Sessions and users remembered; a long scan meets more than it should keep.
const REMEMBERED_MAX: usize = 16_384;

/// Texts by number.
#[derive(Default)]
pub(crate) struct Names {
    agents: RefCell<HashMap<i64, Rc<AgentRef>>>,
    sessions: RefCell<HashMap<i64, Rc<str>>>,
    users: RefCell<HashMap<i64, Rc<str>>>,
    terms: RefCell<HashMap<i64, Rc<Term>>>,
}

impl Names {
    /// The agent with this number.
    pub(crate) fn agent(
        &self,
        connection: &Connection,
        agent_no: i64,
    ) -> Result<Rc<AgentRef>, StoreError> {
        remembered(&self.agents, agent_no, || {
            let sql = "SELECT agent_id, name FROM agents WHERE agent_no = ?1";
            let found = connection.prepare_cached(sql)?.query_row([agent_no], |row| {
                Ok(AgentRef { id: AgentId(row.get(0)?), name: row.get(1)? })
            });
            Ok(Rc::new(found?))
        })
    }

    /// The id of the session with this number.
    pub(crate) fn session(
        &self,
        connection: &Connection,
        session_no: i64,
    ) -> Result<Rc<str>, StoreError> {
        let sql = "SELECT session_id FROM sessions WHERE session_no = ?1";
        remembered(&self.sessions, session_no, || text(connection, sql, session_no))
    }

    /// The id of the user with this number.
    pub(crate) fn user(
        &self,
        connection: &Connection,
        user_no: i64,
    ) -> Result<Rc<str>, StoreError> {
        let sql = "SELECT user_id FROM users WHERE user_no = ?1";
        remembered(&self.users, user_no, || text(connection, sql, user_no))
    }

    /// The term with this number.
    pub(crate) fn term(&self, connection: &Connection, term: i64) -> Result<Rc<Term>, StoreError> {
        remembered(&self.terms, term, || Ok(Rc::new(facets::term(connection, term)?)))
    }
}

fn text(connection: &Connection, sql: &str, number: i64) -> Result<Rc<str>, StoreError> {
    let text: String = connection.prepare_cached(sql)?.query_row([number], |row| row.get(0))?;
    Ok(text.into())
}

fn remembered<T: ?Sized>(
    memory: &RefCell<HashMap<i64, Rc<T>>>,
    number: i64,
    find: impl FnOnce() -> Result<Rc<T>, StoreError>,
) -> Result<Rc<T>, StoreError> {
    if let Some(found) = memory.borrow().get(&number) {
        return Ok(Rc::clone(found));
    }
    let found = find()?;
    let mut memory = memory.borrow_mut();
    if memory.len() >= REMEMBERED_MAX {
        memory.clear();
    }
    memory.insert(number, Rc::clone(&found));
    Ok(found)
}

/// The number of an agent.
pub(crate) fn agent_number(
    connection: &Connection,
    workspace: WorkspaceId,
    id: AgentId,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT agent_no FROM agents WHERE workspace = ?1 AND agent_id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![workspace.0, id.0], |row| row.get(0)).optional()?)
}
