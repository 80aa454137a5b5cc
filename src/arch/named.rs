//! What architectures are called: the field's names, and designs in words where there is none.

use super::{Architecture, BlockKind, PreActivation, Shortcuts, Stem};
use std::fmt::Write;

/// First-stage widths that a name may ask for.
pub const WIDTHS: [usize; 4] = [8, 16, 24, 32];

/// Whether section 4.2 of the paper has nets of that depth: 6 n + 2 layers, up to 110.
pub fn is_cifar_depth(depth: usize) -> bool {
    (8..=110).contains(&depth) && depth % 6 == 2
}

/// The paper's, and its plain twins. [`Architecture::named`] knows them, [`DERIVED`] and those with a width.
pub const NAMES: [&str; 20] = [
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "plain18",
    "plain34",
    "plain50",
    "plain101",
    "plain152",
    "resnet20",
    "resnet32",
    "resnet44",
    "resnet56",
    "resnet110",
    "plain20",
    "plain32",
    "plain44",
    "plain56",
    "plain110",
];

/// What others made of them, as torchvision and timm call it, and in words: groups and inner widths (ResNeXt, `32x4d`: 32 groups of 4
/// channels), wide nets, deep stems with pooled projections (`d`), pre-activation (`v2`).
pub const DERIVED: [(&str, &str); 14] = [
    ("wide_resnet50_2", "bottleneck 3-4-6-3, width 64, inner width 128"),
    ("wide_resnet101_2", "bottleneck 3-4-23-3, width 64, inner width 128"),
    ("resnext50_32x4d", "bottleneck 3-4-6-3, width 64, inner width 128, groups 32"),
    ("resnext101_32x4d", "bottleneck 3-4-23-3, width 64, inner width 128, groups 32"),
    ("resnext101_32x8d", "bottleneck 3-4-23-3, width 64, inner width 256, groups 32"),
    ("resnext101_64x4d", "bottleneck 3-4-23-3, width 64, inner width 256, groups 64"),
    ("resnet18d", "basic 2-2-2-2, width 64, deep stem 32-32, pooled projections"),
    ("resnet34d", "basic 3-4-6-3, width 64, deep stem 32-32, pooled projections"),
    ("resnet50d", "bottleneck 3-4-6-3, width 64, deep stem 32-32, pooled projections"),
    ("resnet101d", "bottleneck 3-4-23-3, width 64, deep stem 32-32, pooled projections"),
    ("resnet152d", "bottleneck 3-8-36-3, width 64, deep stem 32-32, pooled projections"),
    ("resnetv2_50", "bottleneck 3-4-6-3, width 64, pre-activation"),
    ("resnetv2_101", "bottleneck 3-4-23-3, width 64, pre-activation"),
    ("resnetv2_152", "bottleneck 3-8-36-3, width 64, pre-activation"),
];

/// What a file may ask for: one that was broken on purpose plans no more than this.
const MOST_STAGES: usize = 8;
const MOST_BLOCKS: usize = 512;
const MOST_CHANNELS: usize = 1 << 13;

impl Architecture {
    /// The architecture of that name (one of [`NAMES`] or [`DERIVED`]), for ImageNet's 1000 or CIFAR-10's 10 classes. `resnet26-w8` is a
    /// CIFAR design of any depth that has one, with so many channels in its first stage (one of [`WIDTHS`]). Where a design has no name, its
    /// words: what [`in_words`](Self::in_words) gives.
    pub fn named(name: &str) -> Option<Architecture> {
        let words = DERIVED.iter().find(|(known, _)| *known == name).map_or(name, |(_, words)| words);
        let read = paper(name).or_else(|| from_words(words))?;
        Some(Architecture { name: name.to_string(), ..read })
    }

    /// This architecture, called by the field's name for its design if there is one, else by its words.
    pub fn with_its_name(mut self) -> Architecture {
        let same = |name: &str| {
            let known = Architecture::named(name)?;
            let (classes, stride_in_1x1) = (self.classes, self.stride_in_1x1);
            (self == Architecture { name: self.name.clone(), classes, stride_in_1x1, ..known })
                .then(|| name.to_string())
        };
        let names = NAMES.into_iter().chain(DERIVED.map(|(name, _)| name));
        self.name = names.into_iter().find_map(same).unwrap_or_else(|| self.in_words());
        self
    }

    /// `bottleneck 3-4-6-3, width 64, inner width 128, groups 32`: the design without its classes and the place of a bottleneck's stride.
    pub fn in_words(&self) -> String {
        let stages: Vec<String> = self.stages.iter().map(usize::to_string).collect();
        let mut words = format!("{} {}, width {}", self.kind, stages.join("-"), self.width);
        let mut add = |wanted: bool, what: std::fmt::Arguments| {
            if wanted {
                let _ = write!(words, ", {what}"); // into a String: never an error
            }
        };
        add(self.inner != self.width, format_args!("inner width {}", self.inner));
        add(self.groups != 1, format_args!("groups {}", self.groups));
        match &self.stem {
            Stem::ImageNet => {}
            Stem::Cifar => add(true, format_args!("3x3 stem")),
            Stem::Deep([first, second]) => add(true, format_args!("deep stem {first}-{second}")),
        }
        add(self.stem_width != self.width, format_args!("stem width {}", self.stem_width));
        match self.shortcuts {
            Shortcuts::Projection => {}
            Shortcuts::PooledProjection => add(true, format_args!("pooled projections")),
            Shortcuts::OptionA => add(true, format_args!("option A")),
            Shortcuts::None => add(true, format_args!("plain")),
        }
        if let Some(PreActivation { final_norm }) = self.pre_activation {
            add(true, format_args!("pre-activation"));
            add(!final_norm, format_args!("no final norm"));
        }
        add(self.inputs != 3, format_args!("{} input", self.inputs));
        words
    }

    /// Whether a network can be planned of it.
    pub fn is_sound(&self) -> bool {
        let (last, blocks) = (self.stages.len().wrapping_sub(1), self.stages.iter().sum::<usize>());
        let deep = if let Stem::Deep(widths) = self.stem { widths } else { [1; 2] };
        let first = [self.inner, self.width.saturating_mul(self.kind.expansion())];
        (1..=MOST_STAGES).contains(&self.stages.len())
            && !self.stages.contains(&0)
            && blocks <= MOST_BLOCKS
            && [self.width, self.stem_width].into_iter().chain(deep).all(|n| (1..=MOST_CHANNELS).contains(&n))
            && first.iter().all(|n| (1..=MOST_CHANNELS >> last).contains(n))
            && [1, 3].contains(&self.inputs)
            && (1..=self.inner).contains(&self.groups)
            && self.inner.is_multiple_of(self.groups)
            // Only a bottleneck has an inner width; only a projection makes other channels of as many pixels.
            && (self.kind == BlockKind::Bottleneck || self.inner == self.width && self.groups == 1)
            && (self.shortcuts != Shortcuts::OptionA || self.stem_width == first[1])
    }
}

/// A design with nothing out of the ordinary.
fn design(stem: Stem, kind: BlockKind, stages: Vec<usize>, width: usize) -> Architecture {
    let (shortcuts, classes) = match stem {
        Stem::Cifar => (Shortcuts::OptionA, 10),
        Stem::ImageNet | Stem::Deep(_) => (Shortcuts::Projection, 1000),
    };
    Architecture {
        name: String::new(),
        inputs: 3,
        stem,
        stem_width: width,
        kind,
        stages,
        width,
        inner: width,
        groups: 1,
        shortcuts,
        stride_in_1x1: false,
        pre_activation: None,
        classes,
    }
}

/// Table 1 and section 4.2 of the paper.
fn paper(name: &str) -> Option<Architecture> {
    let mut rest = Words(name.as_bytes());
    let plain = rest.take("plain");
    if !plain && !rest.take("resnet") {
        return None;
    }
    let depth = rest.number()?;
    let width = rest.take("-w").then(|| rest.number());
    if !rest.0.is_empty() || width.is_some_and(|width| !width.is_some_and(|width| WIDTHS.contains(&width))) {
        return None;
    }
    let known = match (depth, width.flatten()) {
        // 6n + 2 layers, n = 3, 5, 7, 9, 18.
        (_, Some(_)) | (20 | 32 | 44 | 56 | 110, None) if is_cifar_depth(depth) => {
            design(Stem::Cifar, BlockKind::Basic, vec![(depth - 2) / 6; 3], width.flatten().unwrap_or(16))
        }
        (_, None) => {
            let (kind, stages) = table_1(depth)?;
            design(Stem::ImageNet, kind, stages.to_vec(), 64)
        }
        _ => return None,
    };
    Some(if plain { Architecture { shortcuts: Shortcuts::None, ..known } } else { known })
}

fn table_1(depth: usize) -> Option<(BlockKind, [usize; 4])> {
    Some(match depth {
        18 => (BlockKind::Basic, [2, 2, 2, 2]),
        34 => (BlockKind::Basic, [3, 4, 6, 3]),
        50 => (BlockKind::Bottleneck, [3, 4, 6, 3]),
        101 => (BlockKind::Bottleneck, [3, 4, 23, 3]),
        152 => (BlockKind::Bottleneck, [3, 8, 36, 3]),
        _ => return None,
    })
}

/// What [`Architecture::in_words`] wrote; none where it wrote it otherwise: each part has its place.
///
/// By hand, since every engine has it: with `str::split`, `parse` and formatting it was 5 KiB of gzipped wasm more.
fn from_words(text: &str) -> Option<Architecture> {
    let mut rest = Words(text.as_bytes());
    let kind = match (rest.take("basic "), rest.take("bottleneck ")) {
        (true, _) => BlockKind::Basic,
        (_, true) => BlockKind::Bottleneck,
        _ => return None,
    };
    let mut stages = vec![rest.number()?];
    while rest.take("-") && stages.len() < MOST_STAGES {
        stages.push(rest.number()?);
    }
    let width = rest.take(", width ").then(|| rest.number())??;
    let mut read = design(Stem::ImageNet, kind, stages, width);
    rest.unusual(", inner width ", &mut read.inner)?;
    rest.unusual(", groups ", &mut read.groups)?;
    if rest.take(", 3x3 stem") {
        (read.stem, read.classes) = (Stem::Cifar, 10);
    } else if rest.take(", deep stem ") {
        let first = rest.number()?;
        read.stem = Stem::Deep([first, rest.take("-").then(|| rest.number())??]);
    }
    rest.unusual(", stem width ", &mut read.stem_width)?;
    if rest.take(", pooled projections") {
        read.shortcuts = Shortcuts::PooledProjection;
    } else if rest.take(", option A") {
        read.shortcuts = Shortcuts::OptionA;
    } else if rest.take(", plain") {
        read.shortcuts = Shortcuts::None;
    }
    if rest.take(", pre-activation") {
        read.pre_activation = Some(PreActivation { final_norm: !rest.take(", no final norm") });
    }
    if rest.take(", 1 input") {
        read.inputs = 1;
    }
    (rest.0.is_empty() && read.is_sound()).then_some(read)
}

/// What is left of a text.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    /// Whether it begins so; then that is taken.
    fn take(&mut self, words: &str) -> bool {
        let rest = self.0.strip_prefix(words.as_bytes());
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// A number as it is written, without zeros before it.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some((digit @ b'0'..=b'9', rest)) = self.0.split_first() {
            if number == Some(0) {
                return None;
            }
            number = Some(number.unwrap_or(0) * 10 + usize::from(digit - b'0')).filter(|&n| n <= MOST_CHANNELS);
            number?;
            self.0 = rest;
        }
        number
    }

    /// What comes after `words` where they are there, and is not `usual` then; else nothing changes.
    fn unusual(&mut self, words: &str, usual: &mut usize) -> Option<()> {
        if self.take(words) {
            *usual = self.number().filter(|number| number != usual)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::{Op, Step};

    #[test]
    fn every_listed_name_is_known_and_no_other() {
        for name in NAMES.into_iter().chain(DERIVED.map(|(name, _)| name)) {
            let known = Architecture::named(name).unwrap();
            assert_eq!(known.name, name);
            assert!(known.is_sound(), "{name}");
        }
        let unknown = [
            "resnet",
            "resnet19",
            "plain",
            "vgg16",
            "",
            "resnet-50",
            "resnet050x",
            "resnet050",
            "resnext50_32x5d",
            "resnet50dd",
        ];
        for name in unknown {
            assert!(Architecture::named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn cifar_designs_come_in_widths() {
        for (name, depth, width) in [("resnet20-w8", 20, 8), ("plain50-w24", 50, 24), ("resnet8-w16", 8, 16)] {
            let architecture = Architecture::named(name).unwrap();
            assert_eq!((&architecture.stem, architecture.width, &*architecture.name), (&Stem::Cifar, width, name));
            assert_eq!(architecture.stages, [(depth - 2) / 6; 3]);
        }
        assert_eq!(
            Architecture::named("resnet20-w16").unwrap().flow(),
            Architecture::named("resnet20").unwrap().flow()
        );
        for name in [
            "resnet18-w8",
            "resnet116-w8",
            "resnet2-w8",
            "resnet20-w",
            "resnet20-w08",
            "resnet20-w12",
            "resnet20-w8-w8",
        ] {
            assert!(Architecture::named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_design_in_words_is_read_back() {
        let wide = Architecture {
            stem_width: 16,
            shortcuts: Shortcuts::Projection,
            pre_activation: Some(PreActivation { final_norm: false }),
            inputs: 1,
            ..design(Stem::Cifar, BlockKind::Basic, vec![4, 4, 4], 160)
        };
        let words = "basic 4-4-4, width 160, 3x3 stem, stem width 16, pre-activation, no final norm, 1 input";
        assert_eq!(wide.in_words(), words);
        let read = Architecture::named(words).unwrap();
        let shortcuts = read.shortcuts;
        assert_eq!(shortcuts, Shortcuts::Projection);
        for name in NAMES.into_iter().chain(DERIVED.map(|(name, _)| name)) {
            let known = Architecture::named(name).unwrap();
            let words = known.in_words();
            let read = Architecture::named(&words).unwrap_or_else(|| panic!("{words}"));
            assert_eq!(read.flow().steps().len(), known.flow().steps().len(), "{words}");
            assert_eq!(Architecture { classes: known.classes, ..read }.with_its_name(), known, "{words}");
        }
    }

    #[test]
    fn words_that_plan_no_network_are_refused() {
        for words in [
            "basic 2-2, width 64, width 64",
            "basic 2-2, width 064",
            "basic 0-2, width 64",
            "basic 2-2, width 0",
            "basic 2-2, width 8, inner width 4",
            "basic 2-2, width 8, stem width 16, option A",
            "bottleneck 3-4, width 64, groups 3",
            "bottleneck 3-4, width 64, groups 0",
            "bottleneck 3-4, width 4096",
            "bottleneck 1-1-1-1-1-1-1-1-1, width 1",
            "basic 500-500, width 4",
            "basic 2-2, width 99999999999999999999",
            "basic 2-2, width 8, 2 input",
            "basic -, width 8",
            "basic 2-2, width 8, deep stem 0-8",
            "no final norm",
        ] {
            assert!(Architecture::named(words).is_none(), "{words}");
        }
    }

    #[test]
    fn pre_activation_leaves_the_sum_as_it_is() {
        let flow = Architecture::named("resnetv2_50").unwrap().flow();
        assert!(flow.blocks().iter().all(|block| !block.relu && block.shared_steps.len() == 1));
        let steps: Vec<(&str, bool)> = flow.steps()[..7].iter().map(|step| (&*step.name, step.relu)).collect();
        let first = ["conv1", "maxpool", "layer1.0.bn1", "layer1.0.downsample.0", "layer1.0.conv1", "layer1.0.conv2"];
        assert_eq!(steps[..6].iter().map(|(name, _)| *name).collect::<Vec<_>>(), first);
        assert_eq!(
            steps.iter().map(|(_, relu)| *relu).collect::<Vec<_>>(),
            [false, false, true, false, true, true, false]
        );
        let norms: Vec<_> = flow.steps()[..7].iter().filter_map(Step::conv).map(|conv| conv.norm.as_deref()).collect();
        assert_eq!(norms, [None, None, Some("layer1.0.bn2"), Some("layer1.0.bn3"), None]);
        let last = &flow.steps()[flow.steps().len() - 3];
        assert_eq!((&*last.name, &last.op, last.relu), ("norm", &Op::Norm, true));
        assert_eq!(flow.features(), last.to);
    }

    #[test]
    fn pooled_projections_pool_where_they_stride() {
        let flow = Architecture::named("resnet50d").unwrap().flow();
        let steps = |block: usize| -> Vec<&str> {
            flow.steps()[flow.blocks()[block].identity_steps.clone()].iter().map(|step| &*step.name).collect()
        };
        assert_eq!(steps(0), ["layer1.0.downsample.1"]);
        assert_eq!(steps(3), ["layer2.0.downsample.0", "layer2.0.downsample.1"]);
        let sides = flow.sides(225);
        let block = &flow.blocks()[3];
        assert_eq!([block.identity.unwrap(), block.residual, block.output].map(|value| sides[value.index()]), [29; 3]);
    }
}
