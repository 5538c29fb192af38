//! AgentOS.
