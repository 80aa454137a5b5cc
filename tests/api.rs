//! What programs in Rust rely on, beyond that it compiles.
#![cfg(not(target_arch = "wasm32"))]

const MANIFEST: &str = include_str!("../Cargo.toml");

/// Errors go through `?` into `Box<dyn Error + Send + Sync>`, over threads, and into `anyhow`.
#[test]
fn errors_cross_threads_and_borrow_nothing() {
    fn usable<E: std::error::Error + Send + Sync + 'static>() {}
    usable::<skipscope::image::Error>();
    usable::<skipscope::lesion::Error>();
    usable::<skipscope::model::Error>();
    usable::<skipscope::model::NotFinite>();
    usable::<skipscope::weights::Error>();
    #[cfg(feature = "convert")]
    {
        usable::<skipscope::weights::foreign::Error>();
        usable::<skipscope::weights::formats::Error>();
        usable::<skipscope::weights::recognise::Error>();
    }
    #[cfg(feature = "lab")]
    usable::<skipscope::lab::Error>();
}

/// Models go to other threads, too: a server keeps one per worker.
#[test]
fn models_can_be_sent() {
    fn sendable<T: Send>() {}
    sendable::<skipscope::model::Model>();
    sendable::<skipscope::loader::Loader>();
    sendable::<skipscope::viewer::Viewer>();
}

/// README's code is that of the crate's documentation, which is run.
#[test]
fn the_code_of_the_readme_is_the_documentations() {
    let between = |text: &str, open: &str| {
        let (_, rest) = text.split_once(open).unwrap();
        rest.split_once("```").unwrap().0.to_string()
    };
    let readme = between(include_str!("../README.md"), "```rust\n");
    let lib = include_str!("../src/lib.rs").lines().map_while(|line| line.strip_prefix("//!"));
    let lib: String = lib.map(|line| line.strip_prefix(' ').unwrap_or(line).to_string() + "\n").collect();
    let lib = between(&lib, "```\n");
    let shown: String = lib.lines().filter(|line| !line.starts_with("# ")).map(|line| format!("{line}\n")).collect();
    assert_eq!(readme, shown);
}

/// README says how many: whoever wants the engine alone gets no more.
#[test]
fn the_engine_has_four_dependencies() {
    let (_, rest) = MANIFEST.split_once("\n[dependencies]\n").unwrap();
    let (dependencies, _) = rest.split_once("\n[").unwrap();
    let always: Vec<&str> = dependencies
        .lines()
        .filter(|line| line.contains(" = ") && !line.contains("optional = true"))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(always, ["fast_image_resize", "serde", "thiserror", "web-time"]);
}
