//! `skipscope`: classify pictures, measure accuracy, convert checkpoints to model files and look into them.

// No command line in wasm, where cargo builds it all the same beside tests/wasm.rs.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

mod classify;
mod convert;
mod eval;
mod files;
mod inspect;
mod registry;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// ResNets, block by block: classify, evaluate, convert, inspect
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Name what is on pictures
    Classify(classify::Arguments),
    /// Measure top-1 and top-5 accuracy on a folder or zip of labelled pictures
    Eval(eval::Arguments),
    /// Make a model file from a checkpoint
    Convert(convert::Arguments),
    /// Show what a model file holds
    Inspect(inspect::Arguments),
    /// Write a folder's registry.json from what its model files say about themselves
    Registry(registry::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Classify(arguments) => classify::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments).map(|()| true),
        Command::Inspect(arguments) => inspect::run(&arguments).map(|()| true),
        Command::Registry(arguments) => registry::run(&arguments).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE, // each failure has been told
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS, // `skipscope ... | head`
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
