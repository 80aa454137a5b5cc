//! Which module of the kernels imports which, read from the sources.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::path::Path;

/// By name, the modules that each imports: a file, or a folder with all that is in it.
fn imports(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        let files = match path.is_dir() {
            true => std::fs::read_dir(&path).unwrap().map(|file| file.unwrap().path()).collect(),
            false if name == "mod" => continue,
            false => vec![path.clone()],
        };
        // A file's `super` is the folder; that of a file within `name/` is `name` itself, unless it is its mod.rs.
        let own = if path.is_dir() { "crate::kernels::" } else { "super::" };
        let mut found = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for line in code.lines().filter_map(|line| line.trim().strip_prefix("use ")) {
                let prefixes = [own, if file.ends_with("mod.rs") { "super::" } else { own }];
                let Some(rest) = prefixes.iter().find_map(|prefix| line.strip_prefix(prefix)) else { continue };
                let module: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                assert!(
                    !module.is_empty() && module.starts_with(char::is_lowercase),
                    "{name} imports past a module: {line}"
                );
                found.push(module);
            }
        }
        all.insert(name, found);
    }
    all
}

/// The modules on a way from `at` back to one that is on the way already.
fn circle(all: &BTreeMap<String, Vec<String>>, way: &mut Vec<String>, at: &str) -> bool {
    let again = way.iter().any(|before| before == at);
    way.push(at.to_string());
    let found = again || all.get(at).is_some_and(|imports| imports.iter().any(|next| circle(all, way, next)));
    if !found {
        way.pop();
    }
    found
}

#[test]
fn kernels_import_no_module_in_a_circle() {
    let all = imports(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kernels"));
    assert!(
        all["conv"].contains(&"winograd".to_string()) && all["winograd"].contains(&"bilinear".to_string()),
        "{all:?}"
    );
    for name in all.keys() {
        let mut way = Vec::new();
        assert!(!circle(&all, &mut way, name), "{}", way.join(" -> "));
    }
}
