//! Every block cut in turn, its F(x) taken out of the sum (Veit et al. 2016): how far that moves the distribution over the classes,
//! as the total variation distance, what is left of the likeliest class, and which is the likeliest then.
//!
//!     cargo run --example lesion_sweep -- www/public/models/resnet20.gguf tests/fixtures/images/chelsea.webp

mod common;

use anyhow::{Context, Result};
use skipscope::image::Picture;
use skipscope::lesion::Lesion;
use skipscope::model::{rank, softmax};
use skipscope::trace::NoProbe;

fn main() -> Result<()> {
    let [model, picture] = common::arguments("lesion_sweep MODEL PICTURE")?;
    let mut model = common::model(&model)?;
    let (rgba, width, height) = common::picture(&picture)?;
    let square = Picture::new(&rgba, width, height)?.seen_by(&model.card)?;
    let labels = model.card.labels.clone();

    // The intact run keeps every block's x: a run with a lesion then begins at the block that it cuts.
    model.set_input(&square);
    let network = model.network_mut();
    let intact = softmax(network.forward_remembered(&Lesion::none(), &mut NoProbe))?;
    let likeliest = rank(&intact, &labels).swap_remove(0);
    println!("{:<12} moved   {}", "without F of", likeliest.label);
    println!("{:<12} {:>5}   {:5.1} %", "none", "", 100.0 * likeliest.probability);

    let names: Vec<String> = network.flow().blocks().iter().map(|block| block.name.clone()).collect();
    for (block, name) in names.iter().enumerate() {
        let logits = network.resume(block, &Lesion::without_residual([block]), &mut NoProbe);
        let cut = softmax(logits.context("the intact run was not remembered")?)?;
        let moved = intact.iter().zip(&cut).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0;
        let left = cut[likeliest.index];
        println!("{name:<12} {:5.1} % {:5.1} %   {}", 100.0 * moved, 100.0 * left, rank(&cut, &labels)[0].label);
    }
    Ok(())
}
