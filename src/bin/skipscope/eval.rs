use crate::files::tell;
use crate::set::{Item, Reader, Set};
use crate::{model, picture};
use anyhow::{Result, ensure};
use serde_json::json;
use skipscope::model::Model;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    model: model::ModelArguments,
    /// A folder (or an uncompressed .zip) of folders named by a label or a label's index, or of files whose name ends in a
    /// label's index: dog/0001.jpg, 5/0001.jpg, photo_207.jpg
    #[arg(value_name = "SET")]
    set: PathBuf,
    /// How many networks run at a time; each has buffers and weights of its own [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    jobs: Option<u16>,
    /// Print one JSON object instead
    #[arg(long)]
    json: bool,
}

#[derive(Default)]
struct Score {
    seen: usize,
    top1: usize,
    top5: usize,
    broken: usize,
}

/// Whether all pictures could be read.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let opening = arguments.model.open()?;
    let first = opening.model()?;
    let set = Set::open(&arguments.set, &first.card.labels)?;
    let asked = arguments.jobs.map(usize::from);
    let jobs = asked.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let mut workers = vec![(first, set.reader()?)];
    for _ in 1..jobs.min(set.items.len()) {
        workers.push((opening.model()?, set.reader()?));
    }

    let (next, score, start) = (AtomicUsize::new(0), Mutex::new(Score::default()), Instant::now());
    std::thread::scope(|scope| {
        for (mut model, mut reader) in workers {
            let (next, score, items) = (&next, &score, &set.items);
            scope.spawn(move || {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let rank = rank(&mut model, &mut reader, item);
                    let mut score = score.lock().expect("no thread panics with it");
                    match rank {
                        Ok(rank) => {
                            score.seen += 1;
                            score.top1 += usize::from(rank < 1);
                            score.top5 += usize::from(rank < 5);
                        }
                        Err(error) => {
                            score.broken += 1;
                            tell(format_args!("error: {}: {error}", item.name));
                        }
                    }
                    let done = score.seen + score.broken;
                    if done.is_multiple_of(500) || done == items.len() {
                        tell(format_args!("{done} of {}, {:.0} s", items.len(), start.elapsed().as_secs_f64()));
                    }
                }
            });
        }
    });

    let Score { seen, top1, top5, broken } = score.into_inner().expect("no thread panics with it");
    ensure!(seen > 0, "{}: none of its {broken} pictures can be read", arguments.set.display());
    let percent = |count: usize| 100.0 * count as f64 / seen as f64;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", json!({ "images": seen, "top1": top1, "top5": top5, "broken": broken }))?;
    } else {
        writeln!(out, "top-1 {:6.2} %  {top1} of {seen}", percent(top1))?;
        writeln!(out, "top-5 {:6.2} %  {top5} of {seen}", percent(top5))?;
    }
    Ok(broken == 0)
}

/// How many classes the network holds more probable than the right one.
fn rank(model: &mut Model, set: &mut Reader, item: &Item) -> Result<usize, picture::Error> {
    let rgba = picture::decode(&set.read(item)?)?;
    let classes = model.classify(&rgba.picture()?)?;
    Ok(classes.iter().take_while(|class| class.index != item.class).count())
}
