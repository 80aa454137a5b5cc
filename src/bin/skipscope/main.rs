//! `skipscope`: classify pictures, measure accuracy, run tensors, convert weights to model files and look into them.

// No command line in wasm, where cargo builds it all the same beside tests/wasm.rs.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

mod classify;
mod convert;
mod eval;
mod files;
mod inspect;
mod model;
mod picture;
mod registry;
mod run;
mod set;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// ResNets on the command line: what is on a picture, how often a model is right, what a model holds
#[derive(Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  all went well
  1  something failed: stderr names the file and the reason, and the other pictures have their answers
  2  the command line was not understood";

#[derive(Subcommand)]
enum Command {
    /// Say what is on pictures
    Classify(classify::Arguments),
    /// Count how often the right class comes first, and among the first five, on a folder or zip of labelled pictures
    Eval(eval::Arguments),
    /// Make a model file of a ResNet's weights: of PyTorch, ONNX or TensorFlow.js
    Convert(convert::Arguments),
    /// Run a network on a normalised tensor: its logits, and every block's branches in numbers
    Run(run::Arguments),
    /// Show what a model holds
    Inspect(inspect::Arguments),
    /// Write the registry.json of a folder of model files from what they say about themselves
    Registry(registry::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Classify(arguments) => classify::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments).map(|()| true),
        Command::Run(arguments) => run::run(&arguments).map(|()| true),
        Command::Inspect(arguments) => inspect::run(&arguments).map(|()| true),
        Command::Registry(arguments) => registry::run(&arguments).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE, // each failure has been told
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS, // `skipscope ... | head`
        Err(error) => {
            files::tell(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
