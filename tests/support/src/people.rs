//! Made-up vacancies, people and applications as import lines (`application/x-ndjson`).

use serde_json::{Value, json};

/// The stages of every made-up vacancy.
pub const STAGES: [&str; 3] = ["Applied", "Shortlisted", "Offer"];

/// A vacancy line.
pub fn vacancy(reference: &str, title: &str) -> Value {
    json!({
        "kind": "vacancy", "reference": reference, "title": title, "department": "Engineering",
        "location": "Leeds, GB", "url": null, "status": "open", "stages": STAGES,
    })
}

/// A candidate line; `n` makes the person.
pub fn candidate(n: usize) -> Value {
    json!({
        "kind": "candidate", "reference": format!("C-{n}"), "first_name": format!("Ada{n}"),
        "last_name": "Example", "email": format!("ada{n}@example.com"),
        "phone": "+44 113 496 0000", "can_contact": true,
    })
}

/// The application of candidate `n` to a vacancy. Later numbers applied later.
pub fn application(n: usize, vacancy: &str) -> Value {
    let (day, minute) = (n / 1_440 % 28 + 1, n % 1_440);
    let applied_at = format!("2026-10-{day:02}T{:02}:{:02}:00Z", minute / 60, minute % 60);
    json!({
        "kind": "application", "reference": format!("A-{vacancy}-{n}"), "vacancy": vacancy,
        "candidate": format!("C-{n}"), "status": "active", "stage": STAGES[n % 2],
        "applied_at": applied_at, "source": "careers_site",
        "answers": [
            { "question": "Notice period?", "answer": "1 month", "sensitive": false },
            { "question": "Disability?", "answer": "secret-answer", "sensitive": true },
        ],
        "rating": { "value": (n % 5) + 1, "scale_min": 1, "scale_max": 5, "count": 1 },
    })
}

/// A vacancy with people `range`, one application each.
pub fn vacancy_with_people(reference: &str, range: std::ops::Range<usize>) -> Vec<Value> {
    let mut lines = vec![vacancy(reference, &format!("Engineer {reference}"))];
    lines.extend(range.clone().map(candidate));
    lines.extend(range.map(|n| application(n, reference)));
    lines
}

/// Lines as the body of an import.
pub fn ndjson(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A vacancy with two applications that may not leave: `first` is restricted, the one after it
/// has withdrawn.
pub fn unexportable(reference: &str, first: usize) -> Vec<Value> {
    let mut lines = vacancy_with_people(reference, first..first + 2);
    lines[1]["restricted"] = json!(true);
    lines[4]["status"] = json!("withdrawn");
    lines
}
