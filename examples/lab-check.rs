//! The default race of the lab, without a page: a residual and a plain net with the same settings, seed by seed.
//!
//!     cargo run --example lab-check -- --seeds 10

use skipscope::lab::Settings;
use skipscope::lab::net::Wiring;
use skipscope::lab::trainer::Trainer;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seeds = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Some(10),
        ["--seeds", seeds] => seeds.parse().ok().filter(|&seeds| seeds > 0),
        _ => None,
    };
    let Some(seeds) = seeds else {
        eprintln!("usage: lab-check [--seeds N]");
        return ExitCode::from(2);
    };
    match race(seeds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn race(seeds: u32) -> Result<(), skipscope::lab::Error> {
    let Settings { depth, width, side, batch, steps, .. } = Settings::default();
    println!("{depth} layers, {width} channels, {side} x {side} pixels, {steps} steps of {batch} pictures");
    println!("seed   residual   plain   (share of test pictures told right)");
    let mut leads = 0;
    for seed in 0..seeds {
        let accuracy = |wiring| {
            let mut trainer = Trainer::new(Settings { wiring, seed, ..Settings::default() })?;
            (0..steps).try_for_each(|_| trainer.step().map(drop))?;
            Ok::<f64, skipscope::lab::Error>(trainer.evaluate()?.accuracy)
        };
        let (residual, plain) = (accuracy(Wiring::Residual)?, accuracy(Wiring::Plain)?);
        leads += u32::from(residual > plain);
        println!("{seed:4} {:8.1} % {:6.1} %", 100.0 * residual, 100.0 * plain);
    }
    println!("residual leads in");
    println!("{leads} of {seeds}");
    Ok(())
}
