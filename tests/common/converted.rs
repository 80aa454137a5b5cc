//! Files of somebody's own as the page takes them: recognised, and written as a model file. For files that may be anything.

use skipscope::weights::answers::Answers;
use skipscope::weights::foreign::{Error, Foreign};
use skipscope::weights::formats::Bytes;
use skipscope::weights::{Precision, model_file};

/// A good file of every format, and how many of its bytes are its header, about: the others are weights.
pub struct Good {
    pub name: &'static str,
    pub bytes: &'static [u8],
    pub header: usize,
}

macro_rules! good {
    ($($name:literal, $header:literal;)*) => {
        pub const GOOD: &[Good] =
            &[$(Good { name: $name, bytes: include_bytes!(concat!("../fixtures/foreign/", $name)), header: $header }),*];
    };
}
good! {
    "v2.safetensors", 7_600;
    "cifar-v2.channels_last.pth", 4_500;
    "groups.legacy.pth", 20_000;
    "cifar-v2.folded.onnx", 4_000;
    "v2.unfolded.onnx", 8_000;
}

/// Bytes of the model file that it becomes.
pub fn convert(bytes: &[u8]) -> Result<usize, Error> {
    let beside = |_: &str| None::<Box<dyn Bytes>>;
    let foreign = Foreign::open(&bytes, &beside)?;
    let answers = Answers { input_side: Some(32), ..Answers::default() };
    let mut written = 0;
    let card = foreign.card(&answers);
    model_file::stream(&card, Precision::F32, &mut *foreign.source(&answers), &mut |piece| {
        written += piece.len();
        Ok(())
    })?;
    Ok(written)
}
