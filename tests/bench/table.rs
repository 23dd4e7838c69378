//! The table at the end: each figure, what it is measured against, what is wanted, ok or short.

use crate::options::Options;

/// What a promise says about a figure, or about its ratio to the control.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    /// At least this much.
    AtLeast(f64),
    /// At most this much.
    AtMost(f64),
    /// At least this part of the control.
    RatioAtLeast(f64),
    /// At most this multiple of the control.
    RatioAtMost(f64),
    /// Told, not promised.
    Nothing,
}

/// One line.
#[derive(Debug, Clone)]
pub struct Line {
    what: String,
    figure: f64,
    unit: &'static str,
    control: Option<(f64, &'static str)>,
    wanted: Wanted,
}

impl Line {
    /// A figure in a unit.
    pub fn new(what: impl Into<String>, figure: f64, unit: &'static str) -> Self {
        Self { what: what.into(), figure, unit, control: None, wanted: Wanted::Nothing }
    }

    /// Sets it beside a limit or a control of the same unit, and says which.
    #[must_use]
    pub fn beside(mut self, control: f64, which: &'static str) -> Self {
        self.control = Some((control, which));
        self
    }

    /// What is promised.
    #[must_use]
    pub fn wanted(mut self, wanted: Wanted) -> Self {
        self.wanted = wanted;
        self
    }

    fn ratio(&self) -> Option<f64> {
        self.control.map(|(control, _)| self.figure / control)
    }

    fn verdict(&self) -> &'static str {
        let ratio = self.ratio().unwrap_or(f64::NAN);
        let kept = match self.wanted {
            Wanted::AtLeast(least) => self.figure >= least,
            Wanted::AtMost(most) => self.figure <= most,
            Wanted::RatioAtLeast(least) => ratio >= least,
            Wanted::RatioAtMost(most) => ratio <= most,
            Wanted::Nothing => return "",
        };
        if kept { "ok" } else { "short" }
    }

    fn cells(&self) -> [String; 6] {
        let unit = |value: f64| format!("{} {}", number(value), self.unit);
        let control = self.control.map(|(value, which)| format!("{} ({which})", unit(value)));
        [
            self.what.clone(),
            unit(self.figure),
            control.unwrap_or_default(),
            self.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            match self.wanted {
                Wanted::AtLeast(least) => format!("≥ {}", unit(least)),
                Wanted::AtMost(most) => format!("≤ {}", unit(most)),
                Wanted::RatioAtLeast(least) => format!("≥ {least:.2} ×"),
                Wanted::RatioAtMost(most) => format!("≤ {most:.2} ×"),
                Wanted::Nothing => String::new(),
            },
            self.verdict().to_owned(),
        ]
    }
}

/// Prints all lines in columns.
pub fn print(lines: &[Line], options: &Options) {
    let head =
        ["", "figure", "limit or control", "ratio", "wanted", "verdict"].map(ToString::to_string);
    let rows: Vec<_> = std::iter::once(head).chain(lines.iter().map(Line::cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<_> = (0..6).map(|column| width(column).unwrap_or(0)).collect();
    println!("\n== table");
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    let short = lines.iter().filter(|line| line.verdict() == "short").count();
    println!("{} figures, {short} short", lines.len());
    if options.quick {
        println!("REDUCED SCALE: the verdicts prove nothing");
    }
}

/// Three digits that count.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        0.1.. => 3,
        _ => 4,
    };
    format!("{value:.digits$}")
}
