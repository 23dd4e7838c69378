//! Writing batches, one statement per kind, and finding what does not fit together.

use std::collections::HashMap;

use domain::id::OrganisationId;
use domain::sealing::ReferenceKey;
use uuid::Uuid;

use super::batch::{ApplicationItem, Batch, Item};
use super::problems::Problems;
use super::statements::{
    Checked, Write, Written, check_applications, follow, orphaned, settle, stop_exports,
    write_applications, write_candidates, write_vacancies,
};
use super::{Counts, Imported, LineProblem};
use crate::candidates::references;
use crate::db::Conn;
use crate::error::StoreError;

/// An import under way.
pub(super) struct Writer {
    pub(super) organisation: Uuid,
    /// What the references of erased people are known by, if there are any.
    erased: Option<ReferenceKey>,
    pub(super) imported: Imported,
    pub(super) problems: Problems,
    /// Lines of vacancies that were there and changed, by reference.
    changed_vacancies: HashMap<String, u64>,
    /// Who changed their mind.
    pub(super) may_not_go: MayNotGo,
}

/// Who may not be sent any more.
#[derive(Default)]
pub(super) struct MayNotGo {
    /// References of candidates who are restricted.
    candidates: Vec<String>,
    /// References of applications that are withdrawn.
    applications: Vec<String>,
}

impl MayNotGo {
    /// Stops the exports that carry them. The last thing that an import does: it locks lanes.
    pub(super) fn stop_exports(
        &self,
        conn: &mut Conn,
        organisation: OrganisationId,
    ) -> Result<(), StoreError> {
        let Self { candidates, applications } = self;
        if !candidates.is_empty() || !applications.is_empty() {
            stop_exports(conn, organisation.into(), candidates, applications)?;
        }
        Ok(())
    }
}

/// First lines of what a batch created, by reference.
type Created = HashMap<String, u64>;

impl Writer {
    pub(super) fn new(organisation: OrganisationId, erased: Option<ReferenceKey>) -> Self {
        Self {
            organisation: organisation.into(),
            erased,
            imported: Imported::default(),
            problems: Problems::default(),
            changed_vacancies: HashMap::new(),
            may_not_go: MayNotGo::default(),
        }
    }

    /// Writes a batch: what others refer to first.
    pub(super) fn write(&mut self, conn: &mut Conn, batch: Batch) -> Result<(), StoreError> {
        let batch = self.skip_erased(conn, batch)?;
        let Batch { vacancies, candidates, applications, .. } = batch;
        let (written, new_vacancies) = self.upsert(conn, write_vacancies, &vacancies)?;
        self.remember_changed(&vacancies, &written);
        count(&mut self.imported.vacancies, vacancies.len(), new_vacancies.len());
        let (written, new_candidates) = self.upsert(conn, write_candidates, &candidates)?;
        self.may_not_go.candidates.extend(barred(&written));
        count(&mut self.imported.candidates, candidates.len(), new_candidates.len());
        let applications = self.in_order(applications, &new_vacancies, &new_candidates);
        self.write_applications(conn, applications)
    }

    /// Without lines of people who were erased, and of their applications.
    fn skip_erased(&mut self, conn: &mut Conn, mut batch: Batch) -> Result<Batch, StoreError> {
        let Some(key) = &self.erased else { return Ok(batch) };
        let own = batch.candidates.iter().map(|item| item.reference.as_str());
        let theirs = batch.applications.iter().map(|item| item.candidate.as_str());
        let erased = references::erased(conn, key, self.organisation.into(), own.chain(theirs))?;
        let before = batch.candidates.len() + batch.applications.len();
        batch.candidates.retain(|item| !erased.contains(&item.reference));
        batch.applications.retain(|item| !erased.contains(&item.candidate));
        let left = batch.candidates.len() + batch.applications.len();
        self.imported.skipped_erased += (before - left) as u64;
        Ok(batch)
    }

    /// Those that fit what is stored.
    fn write_applications(
        &mut self,
        conn: &mut Conn,
        applications: Vec<ApplicationItem>,
    ) -> Result<(), StoreError> {
        let Fitting { items, merged } = self.fitting(conn, applications)?;
        let documents = items.iter().map(|item| item.document.as_str()).collect();
        let written = self.run(conn, write_applications, documents)?;
        self.may_not_go.applications.extend(barred(&written));
        let created = written.iter().filter(|written| written.created).count();
        let second = written.iter().filter(|written| written.merged).count();
        let merged = merged + second;
        count(&mut self.imported.applications, items.len() - merged, created - second);
        self.imported.applications_merged += merged as u64;
        Ok(())
    }

    /// Says which of several applications of a person for a vacancy counts, now that all lines are
    /// there: so their order does not matter.
    pub(super) fn settle(&self, conn: &mut Conn) -> Result<(), StoreError> {
        settle(conn, self.organisation)?;
        if !self.changed_vacancies.is_empty() {
            follow(conn, self.organisation)?;
        }
        Ok(())
    }

    /// A vacancy that changed may have lost a stage at which applications still stand. Asked at
    /// the end, since later lines may move them.
    pub(super) fn check_stages(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        if self.changed_vacancies.is_empty() {
            return Ok(());
        }
        let changed = self
            .changed_vacancies
            .iter()
            .map(|(reference, line)| (reference.as_str(), line.cast_signed()))
            .unzip();
        for found in orphaned(conn, self.organisation, changed)? {
            let detail = format!(
                "{} applications stand at a stage that is not listed: keep the stage, or move \
                 them in the same import",
                found.applications
            );
            let line = found.line.cast_unsigned();
            self.problems.push(LineProblem { line, pointer: "/stages".into(), detail });
        }
        Ok(())
    }

    fn upsert(
        &self,
        conn: &mut Conn,
        write: Write,
        items: &[Item],
    ) -> Result<(Vec<Written>, Created), StoreError> {
        let documents = items.iter().map(|item| item.document.as_str()).collect();
        let written = self.run(conn, write, documents)?;
        let lines: HashMap<_, _> =
            items.iter().map(|item| (item.reference.as_str(), item.line)).collect();
        let created = written
            .iter()
            .filter(|written| written.created)
            .filter_map(|written| {
                let line = lines.get(written.reference.as_str())?;
                Some((written.reference.clone(), *line))
            })
            .collect();
        Ok((written, created))
    }

    fn run(
        &self,
        conn: &mut Conn,
        write: Write,
        documents: Vec<&str>,
    ) -> Result<Vec<Written>, StoreError> {
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        Ok(write(conn, self.organisation, documents)?)
    }

    fn remember_changed(&mut self, vacancies: &[Item], written: &[Written]) {
        let lines: HashMap<_, _> =
            vacancies.iter().map(|item| (item.reference.as_str(), item.line)).collect();
        for written in written.iter().filter(|written| !written.created) {
            if let Some(line) = lines.get(written.reference.as_str()) {
                self.changed_vacancies.insert(written.reference.clone(), *line);
            }
        }
    }

    /// The applications whose references do not come later in the batch.
    fn in_order(
        &mut self,
        applications: Vec<ApplicationItem>,
        vacancies: &Created,
        candidates: &Created,
    ) -> Vec<ApplicationItem> {
        let later = |item: &ApplicationItem| {
            let after = |line: &&u64| **line > item.line;
            let vacancy = vacancies.get(&item.vacancy).filter(after);
            let candidate = candidates.get(&item.candidate).filter(after);
            vacancy.map(|line| ("/vacancy", *line)).or(candidate.map(|line| ("/candidate", *line)))
        };
        let mut kept = Vec::with_capacity(applications.len());
        for item in applications {
            match later(&item) {
                None => kept.push(item),
                Some((pointer, line)) => self.problems.push(LineProblem {
                    line: item.line,
                    pointer: pointer.into(),
                    detail: format!("what it refers to comes later, in line {line}"),
                }),
            }
        }
        kept
    }

    fn fitting(
        &mut self,
        conn: &mut Conn,
        applications: Vec<ApplicationItem>,
    ) -> Result<Fitting, StoreError> {
        let mut fitting = Fitting::default();
        if applications.is_empty() {
            return Ok(fitting);
        }
        let documents: Vec<_> = applications.iter().map(|item| item.document.as_str()).collect();
        let checked = check_applications(conn, self.organisation, documents)?;
        let mut checked: HashMap<_, _> =
            checked.into_iter().map(|checked| (checked.position, checked)).collect();
        for (position, item) in (1_i64..).zip(applications) {
            let checked = checked.remove(&position);
            fitting.merged += usize::from(matches!(checked, Some(Checked { pointer: None, .. })));
            match checked {
                Some(Checked { pointer: Some(pointer), detail, .. }) => {
                    let detail = detail.unwrap_or_default();
                    self.problems.push(LineProblem { line: item.line, pointer, detail });
                }
                _ => fitting.items.push(item),
            }
        }
        Ok(fitting)
    }
}

/// Applications of a batch that fit what is stored.
#[derive(Default)]
struct Fitting {
    items: Vec<ApplicationItem>,
    /// How many of them are there and do not count.
    merged: usize,
}

fn barred(written: &[Written]) -> impl Iterator<Item = String> {
    written.iter().filter(|written| written.may_not_go).map(|written| written.reference.clone())
}

fn count(counts: &mut Counts, lines: usize, created: usize) {
    counts.created += created as u64;
    counts.updated += (lines - created) as u64;
}
