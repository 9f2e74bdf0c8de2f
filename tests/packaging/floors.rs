//! The rooms of `src` stand one above the other (`docs/architecture.md`): no import leads up, and inside a room no more than
//! three files import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::path;

/// The rooms, lowest first. A file may import its own room and those before it.
const FLOORS: &[&str] = &[
    "problem",
    "language",
    "db",
    "reference",
    "api",
    "audit",
    "auth",
    "jobs",
    "config",
    "telemetry",
    "forms",
    "kind",
    "records",
    "reading",
    "agreement",
    "service",
    "matching",
    "pairing",
    "introductions",
    "changes",
    "kinds",
    "progress",
    "health",
    "check",
    "demo",
    "contract",
    "app",
    "server",
    "cli",
    "main",
];

/// The most files that may import each other in a circle.
const LARGEST_CIRCLE: usize = 3;

/// The path of a module, `["records", "rows"]`.
type Module = Vec<String>;

#[test]
fn no_import_leads_up_and_no_circle_is_large() {
    let modules = modules();
    let imports = imports(&modules);
    let floor = |module: &Module| FLOORS.iter().position(|room| *room == module[0]);
    let mut wrong = Vec::new();
    for (from, targets) in &imports {
        let Some(own) = floor(from) else {
            wrong.push(format!("{} stands on no floor: add it to FLOORS", from.join("::")));
            continue;
        };
        let up = targets.iter().filter(|target| floor(target).is_some_and(|floor| floor > own));
        wrong.extend(up.map(|target| format!("{} imports {} of a higher floor", from.join("::"), target.join("::"))));
    }
    wrong.extend(circles(&imports).into_iter().filter(|circle| circle.len() > LARGEST_CIRCLE).map(|circle| {
        let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
        format!("{} files import each other: {}", names.len(), names.join(", "))
    }));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_shows_the_rooms_from_the_top() {
    let page = super::text("docs/architecture.md");
    let (_, table) = page.split_once("| Room | What it holds |\n").unwrap();
    let cells = table.lines().skip(1).map_while(|row| row.strip_prefix("| ")?.split(" | ").next());
    let rooms: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert_eq!(rooms, FLOORS.iter().rev().copied().collect::<Vec<_>>());
}

#[test]
fn imports_are_found_however_they_are_written() {
    let modules: BTreeMap<Module, String> =
        ["a", "a::b", "a::c", "d"].into_iter().map(|name| (module(name), String::new())).collect();
    let found = |text: &str| -> Vec<String> {
        targets(text, &module("a::b"), &modules).into_iter().map(|target| target.join("::")).collect()
    };
    assert_eq!(found("use crate::d::{X, Y};"), ["d"]);
    assert_eq!(found("use super::c;\npub use crate::{a::c::Z, d};"), ["a::c", "d"]);
    assert_eq!(found("fn f() { crate::d::g() }"), ["d"]);
    assert_eq!(found("// crate::d\n/// [`crate::d`]\nuse std::fmt;"), [""; 0]);
    // A module and the one that it stands in belong together.
    assert_eq!(found("use crate::a;"), [""; 0]);
}

fn module(name: &str) -> Module {
    name.split("::").map(str::to_owned).collect()
}

/// Every module of `src` outside tests, with its text.
fn modules() -> BTreeMap<Module, String> {
    fn visit(folder: &Path, above: &[String], found: &mut BTreeMap<Module, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let file = entry.unwrap().path();
            let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
            if stem == "tests" || (above.is_empty() && stem == "lib") {
                continue;
            }
            let own = if stem == "mod" { above.to_vec() } else { [above, &[stem]].concat() };
            if file.is_dir() {
                visit(&file, &own, found);
            } else if file.extension().is_some_and(|extension| extension == "rs") {
                found.insert(own, fs::read_to_string(&file).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    visit(&path("src"), &[], &mut found);
    found
}

fn imports(modules: &BTreeMap<Module, String>) -> BTreeMap<Module, BTreeSet<Module>> {
    let of = |(module, text): (&Module, &String)| (module.clone(), targets(text, module, modules));
    modules.iter().map(of).collect()
}

/// The modules that a text names by `crate::`, `super::` or `self::`, each the deepest that the path leads to. Comments and the
/// tests at a file's end do not count, nor does a module that holds this one or stands in it.
fn targets(text: &str, own: &Module, modules: &BTreeMap<Module, String>) -> BTreeSet<Module> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for root in ["crate", "super", "self"] {
        for (at, _) in code.match_indices(&format!("{root}::")) {
            let joined =
                code[..at].ends_with(|before: char| before.is_alphanumeric() || matches!(before, ':' | '_' | '$'));
            if joined {
                continue;
            }
            for path in paths(&code[at..]) {
                let Some(path) = absolute(path, own) else { continue };
                let deepest =
                    (1..=path.len()).rev().map(|end| path[..end].to_vec()).find(|one| modules.contains_key(one));
                found.extend(deepest.filter(|target| !target.starts_with(own) && !own.starts_with(target)));
            }
        }
    }
    found
}

/// The paths of a `use` tree, or the one path that the text begins with.
fn paths(text: &str) -> Vec<Module> {
    let end = text.find(|end: char| !(end.is_alphanumeric() || matches!(end, '_' | ':'))).unwrap_or(text.len());
    let head: Module = text[..end].split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    if !text[end..].starts_with('{') {
        return vec![head];
    }
    let (mut depth, mut start, mut found) = (0, end + 1, Vec::new());
    for (at, char) in text.char_indices().skip_while(|(at, _)| *at < end) {
        match char {
            '{' => depth += 1,
            '}' | ',' if depth == 1 => {
                let branch = text[start..at].trim();
                found.extend(paths(branch).into_iter().map(|path| [head.clone(), path].concat()));
                start = at + 1;
                depth -= i32::from(char == '}');
            }
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn absolute(path: Module, own: &Module) -> Option<Module> {
    let ups = path.iter().take_while(|part| matches!(part.as_str(), "super" | "self" | "crate")).count();
    let above = path.iter().filter(|part| *part == "super").count();
    let base = if path[0] == "crate" { &[][..] } else { own.get(..own.len().checked_sub(above)?)? };
    Some([base, &path[ups..]].concat())
}

/// The groups of modules that reach each other.
fn circles(imports: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<BTreeSet<Module>> {
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        imports.keys().map(|from| (from, reach(from, imports))).collect();
    let circle = |from: &Module| -> BTreeSet<Module> {
        let back = |target: &&&Module| reached.get(**target).is_some_and(|further| further.contains(from));
        reached[from].iter().filter(back).map(|target| (*target).clone()).collect()
    };
    imports.keys().map(circle).filter(|circle| circle.len() > 1).collect()
}

fn reach<'i>(from: &Module, imports: &'i BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<&'i Module> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&Module> = imports.get(from).into_iter().flatten().collect();
    while let Some(next) = waiting.pop() {
        if seen.insert(next) {
            waiting.extend(imports.get(next).into_iter().flatten());
        }
    }
    seen
}
