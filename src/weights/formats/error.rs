//! Why a foreign file cannot be used.

/// What is wrong with a file of foreign weights, or with what it holds.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// Something else that people have lying beside their weights.
    #[error("the file is {0}; what is read: .safetensors, PyTorch's .pth and .pt, .onnx, a tfjs model.json, .gguf")]
    Foreign(&'static str),
    /// No magic number that is known, and no text either.
    #[error("the file begins as no format of weights does that is known")]
    Unknown,
    /// The bytes could not be brought.
    #[error("{0}")]
    Read(String),
    /// A header tells of more than there is.
    #[error("the file is cut off: it ends at byte {len}, and {what} goes on to byte {end}")]
    Short {
        /// What ends too late.
        what: String,
        /// Where it would end, in bytes from the file's first.
        end: usize,
        /// Bytes of the file.
        len: usize,
    },
    /// The file contradicts its format, or itself.
    #[error("not a usable {format} file: {why}")]
    Broken {
        /// Its name: `ONNX`, `safetensors`, ...
        format: &'static str,
        /// What does not fit.
        why: String,
    },
    /// Well formed, but nothing that can be read here.
    #[error("{0}")]
    Unsupported(String),
    /// Two of one name: which is meant?
    #[error("the file has two {what} called '{name}'")]
    Twice {
        /// What they are: tensors, entries of an archive.
        what: &'static str,
        /// Their name.
        name: String,
    },
    /// `torch.save(model)` in place of `torch.save(model.state_dict())`: only Python with the class at hand can read it.
    #[error("the file holds a whole module ('{0}'), which is a program; save its state_dict()")]
    WholeModule(String),
    /// A pickle calls for code, by name, to make what is needed.
    #[error("'{name}' is made by the Python code '{global}', and no code is run here")]
    Global {
        /// What is being made: a tensor, or the file's root.
        name: String,
        /// `module.name`, as Python has it.
        global: String,
    },
    /// No tensor of a name that is asked for.
    #[error("the weights have no tensor '{0}'")]
    Missing(String),
    /// A tensor that contradicts itself, or what is asked of it.
    #[error("tensor '{name}' {why}")]
    Tensor {
        /// The file's.
        name: String,
        /// Goes on behind the name.
        why: String,
    },
    /// NaN or infinity.
    #[error("tensor '{0}' holds a value that is not a finite number")]
    NotFinite(String),
    /// ONNX' external data: the file wanted lies beside the model, and has not been given.
    #[error("the weights lie in a second file, '{0}': it is needed too")]
    Companion(String),
    /// An edge of the graph that begins nowhere.
    #[error("ONNX node '{node}' takes '{input}', which nothing makes")]
    NoInput {
        /// The one that waits for it.
        node: String,
        /// The name that is missing.
        input: String,
    },
    /// The graph cannot be put in an order.
    #[error("ONNX node '{0}' waits for its own output")]
    Cycle(String),
}

impl Error {
    pub(super) fn tensor(name: &str, why: impl Into<String>) -> Error {
        Error::Tensor { name: name.to_string(), why: why.into() }
    }
}

impl From<Error> for crate::weights::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Missing(name) => Self::Missing(name),
            Error::NotFinite(name) => Self::NotFinite(name),
            other => Self::Format(other.to_string()),
        }
    }
}
