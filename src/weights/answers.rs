//! What a foreign file does not say, and whoever opens it may: how a picture is normalised and cut, what the classes are called.

use super::recognise::Assumed;
use super::{Card, labels};
use crate::arch::{Architecture, Shortcuts, Stem};

/// How pixels are normalised before they reach a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalisation {
    /// Of red, green and blue on 0..1.
    pub mean: [f32; 3],
    /// Of red, green and blue on 0..1.
    pub std: [f32; 3],
    /// Whether the network takes blue, green, red. The first convolution's inputs are turned then, so that it takes red first; mean and
    /// deviation are red's first already.
    pub bgr: bool,
}

/// The usual ones by name: `(name, what it is)`.
pub const PRESETS: [(&str, Normalisation); 6] = [
    ("imagenet", Normalisation { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], bgr: false }),
    ("cifar", Normalisation { mean: [0.4914, 0.4822, 0.4465], std: [0.2470, 0.2435, 0.2616], bgr: false }),
    // To -1..1.
    ("half", Normalisation { mean: [0.5; 3], std: [0.5; 3], bgr: false }),
    // 0..1 as it is.
    ("none", Normalisation { mean: [0.0; 3], std: [1.0; 3], bgr: false }),
    // 0..255 as it is.
    ("bytes", Normalisation { mean: [0.0; 3], std: [1.0 / 255.0; 3], bgr: false }),
    // 0..255 in blue, green, red, ImageNet's mean taken out.
    (
        "caffe",
        Normalisation { mean: [123.68 / 255.0, 116.779 / 255.0, 103.939 / 255.0], std: [1.0 / 255.0; 3], bgr: true },
    ),
];

/// Which of [`PRESETS`] it is, as far as a card's decimals tell.
pub fn preset(mean: &[f32; 3], std: &[f32; 3]) -> Option<usize> {
    let near = |a: &[f32; 3], b: &[f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 5e-5);
    PRESETS.iter().position(|(_, known)| near(mean, &known.mean) && near(std, &known.std))
}

/// What is answered; where nothing is, the default for the architecture holds.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// [`Card::id`].
    pub id: String,
    /// [`Card::title`].
    pub title: String,
    /// [`Card::labels`]. None: ImageNet's for 1000 classes, CIFAR-10's for 10 behind a small stem, else numbers.
    pub labels: Option<Vec<String>>,
    /// None: [`usual`](Self::usual).
    pub normalisation: Option<Normalisation>,
    /// [`Card::input_side`]. None: what the file states, else [`Architecture::input_side`].
    pub input_side: Option<usize>,
    /// [`Card::resize_side`]. None: 256/224 of the input side; the input side itself for CIFAR's.
    pub resize_side: Option<usize>,
    /// That bottlenecks stride in their first 1x1, where the file does not tell.
    pub stride_in_1x1: bool,
    /// That there are no identity branches, where the file does not tell.
    pub plain: bool,
    /// [`Card::dataset`]; empty where nobody says.
    pub dataset: String,
    /// [`Card::licence`]; empty where nobody says.
    pub licence: String,
    /// [`Card::source`]; empty where nobody says.
    pub source: String,
    /// [`Card::accuracy`]; empty where nobody says.
    pub accuracy: String,
    /// [`Card::note`].
    pub note: String,
}

impl Answers {
    /// The usual normalisation of networks with that stem.
    pub fn usual(stem: &Stem) -> Normalisation {
        PRESETS[usize::from(*stem == Stem::Cifar)].1
    }

    /// What is answered, or the usual one.
    pub fn normalisation(&self, stem: &Stem) -> Normalisation {
        self.normalisation.unwrap_or_else(|| Self::usual(stem))
    }

    /// The architecture as it is, where `assumed` is what the file left open.
    pub fn settle(&self, found: &Architecture, assumed: &[Assumed]) -> Architecture {
        let mut settled = found.clone();
        if assumed.contains(&Assumed::StrideIn3x3) {
            settled.stride_in_1x1 = self.stride_in_1x1;
        }
        if assumed.contains(&Assumed::OptionA) && self.plain {
            settled.shortcuts = Shortcuts::None;
        }
        settled.with_its_name()
    }

    /// The card of a model file of that architecture. `stated` is the side of the image that the file states.
    pub fn card(&self, architecture: &Architecture, stated: Option<usize>) -> Card {
        let small = architecture.stem == Stem::Cifar;
        let input_side = self.input_side.or(stated).unwrap_or_else(|| architecture.input_side());
        // As torchvision cuts 224 from 256; small pictures are taken whole.
        let usual = if small { input_side } else { (input_side * 256).div_ceil(224) };
        let Normalisation { mean, std, .. } = self.normalisation(&architecture.stem);
        let labels = match (&self.labels, architecture.classes) {
            (Some(labels), _) => labels.clone(),
            (None, 1000) => labels::imagenet_1k(),
            (None, 10) if small => labels::cifar_10(),
            (None, classes) => labels::numbered(classes),
        };
        let stated = |text: &String| if text.is_empty() { "not stated".to_string() } else { text.clone() };
        Card {
            id: self.id.clone(),
            title: self.title.clone(),
            architecture: architecture.name.clone(),
            stride_in_1x1: architecture.stride_in_1x1,
            mean,
            std,
            resize_side: self.resize_side.unwrap_or(usual).max(input_side),
            input_side,
            dataset: stated(&self.dataset),
            licence: stated(&self.licence),
            source: stated(&self.source),
            accuracy: stated(&self.accuracy),
            note: self.note.clone(),
            labels,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_is_answered_the_usual_holds() {
        let card = |name: &str, answers: &Answers, stated| answers.card(&Architecture::named(name).unwrap(), stated);
        let nothing = Answers::default();
        let resnet = card("resnet50", &nothing, None);
        assert_eq!((resnet.input_side, resnet.resize_side, resnet.labels.len()), (224, 256, 1000));
        assert_eq!(
            (resnet.mean, &*resnet.labels[285], &*resnet.licence),
            (PRESETS[0].1.mean, "Egyptian cat", "not stated")
        );
        let small = card("resnet20", &nothing, None);
        assert_eq!((small.input_side, small.resize_side, &*small.labels[3]), (32, 32, "cat"));
        assert_eq!(card("resnet50", &nothing, Some(288)).resize_side, 330);
        let own = Answers { input_side: Some(64), labels: Some(vec!["a".into()]), ..Answers::default() };
        let own = card("resnet50", &own, Some(288));
        assert_eq!((own.input_side, own.resize_side, own.labels), (64, 74, vec!["a".to_string()]));
        let three = Architecture { classes: 3, ..Architecture::named("resnet18").unwrap() };
        assert_eq!(nothing.card(&three, None).labels, ["class 0", "class 1", "class 2"]);
    }

    #[test]
    fn a_preset_is_known_by_its_numbers() {
        for (index, (_, Normalisation { mean, std, .. })) in PRESETS.iter().enumerate() {
            assert_eq!(preset(mean, std), Some(index));
        }
        assert_eq!(preset(&[0.48502, 0.45796, 0.40760], &[0.003921569; 3]), Some(5)); // as a card of Keras' net writes it
        assert_eq!(preset(&[0.34, 0.31, 0.32], &[0.27; 3]), None);
    }

    #[test]
    fn what_the_file_tells_is_not_asked() {
        let answers = Answers { stride_in_1x1: true, plain: true, ..Answers::default() };
        let found = Architecture::named("resnet50").unwrap();
        assert_eq!(answers.settle(&found, &[]), found);
        assert!(answers.settle(&found, &[Assumed::StrideIn3x3]).stride_in_1x1);
        let small = Architecture::named("resnet20").unwrap();
        assert_eq!(answers.settle(&small, &[Assumed::OptionA]).name, "plain20");
    }
}
