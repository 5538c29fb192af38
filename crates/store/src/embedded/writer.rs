//! The one thread that writes.

use std::sync::Mutex;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::file::Folder;
use crate::StoreError;

/// Work for the writer.
pub(super) enum Job {
    /// A change outside of ingest.
    Write(Box<dyn FnOnce(&mut Connection) + Send>),
    /// Stop.
    Stop,
}

/// The way to the writer.
pub(super) struct Handle {
    jobs: mpsc::Sender<Job>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Handle {
    pub(super) fn send(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.send(job).map_err(|_| StoreError::Closed)
    }

    pub(super) fn stop(&self) {
        let _ = self.jobs.send(Job::Stop);
        let thread = self.thread.lock().unwrap_or_else(|poison| poison.into_inner()).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(super) fn start(connection: Connection, folder: Folder) -> Result<Handle, StoreError> {
    let (jobs, queue) = mpsc::channel();
    let thread = thread::Builder::new()
        .name("clew-writer".to_owned())
        .spawn(move || run(connection, folder, &queue))?;
    Ok(Handle { jobs, thread: Mutex::new(Some(thread)) })
}

fn run(mut connection: Connection, _folder: Folder, queue: &mpsc::Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        match job {
            Job::Write(work) => work(&mut connection),
            Job::Stop => return,
        }
    }
}
