//! What a pickle of PyTorch's says: dicts of tensors, each a view of a storage. Everything else is passed by.

use super::pickle::{Kind, Node, OBJECT_HEAD, Pickle, Value};
use crate::weights::formats::{Dtype, Error};
use std::collections::HashSet;

/// A part of a storage as a tensor, in elements.
pub struct View {
    pub storage: Storage,
    pub dtype: Dtype,
    pub offset: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
}

/// What a tensor's values lie in, outside of the pickle.
pub struct Storage {
    pub key: String,
    /// None where it is bytes.
    pub dtype: Option<Dtype>,
    /// Elements; bytes where it has no dtype.
    pub len: usize,
}

impl Storage {
    pub fn bytes(&self) -> Option<usize> {
        self.len.checked_mul(self.dtype.map_or(8, Dtype::bits) / 8)
    }
}

/// What a value is, as far as weights are concerned.
pub enum Meaning {
    Tensor(View),
    /// Made by code of that name.
    Code(String),
    /// Nothing that could be a tensor.
    Nothing,
}

/// The dicts that hold the weights in what people save beside them, the likeliest first; averages, which are another model, last.
const NESTED: [&str; 12] = [
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "weights",
    "params",
    "state_dict_ema",
    "model_ema",
    "ema_state_dict",
];

/// `module.name`.
fn global(pickle: &Pickle, value: Value) -> Option<String> {
    let [module, name] = pickle.items(value, Kind::Global)? else { return None };
    Some(format!("{}.{}", pickle.text(*module)?, pickle.text(*name)?))
}

/// Callable, arguments and state of a call.
fn call<'p>(pickle: &'p Pickle, value: Value) -> Option<(String, &'p [Value], Value)> {
    let [callable, arguments, state, ..] = *pickle.items(value, Kind::Object)? else { return None };
    let name = global(pickle, callable).unwrap_or_else(|| "something without a name".into());
    Some((name, pickle.items(arguments, Kind::Tuple).unwrap_or(&[]), state))
}

/// The keys and values of a dict, ordered or not.
fn dict<'p>(pickle: &'p Pickle, value: Value) -> Option<Vec<(&'p str, Value)>> {
    let mut pairs: Vec<[Value; 2]> = Vec::new();
    let node = pickle.node(value)?;
    let own = match node.kind {
        Kind::Dict => &node.items[..],
        Kind::Object => {
            let (name, arguments, _) = call(pickle, value)?;
            if !matches!(name.as_str(), "collections.OrderedDict" | "collections.defaultdict" | "builtins.dict") {
                return None;
            }
            // Python 2 gives the pairs to the call.
            let listed = arguments.first().and_then(|&list| pickle.items(list, Kind::List)).unwrap_or(&[]);
            pairs.extend(listed.iter().filter_map(|&pair| {
                let Node { kind: Kind::List | Kind::Tuple, items } = pickle.node(pair)? else { return None };
                items.first_chunk().copied()
            }));
            node.items.get(OBJECT_HEAD..)?
        }
        _ => return None,
    };
    pairs.extend(own.as_chunks().0);
    Some(pairs.into_iter().filter_map(|[key, value]| Some((pickle.text(key)?, value))).collect())
}

fn size(value: Value) -> Option<usize> {
    match value {
        Value::Int(value) => usize::try_from(value).ok(),
        _ => None,
    }
}

/// A tuple of sizes, or a `torch.Size`.
fn sizes(pickle: &Pickle, value: Value) -> Option<Vec<usize>> {
    let items = match call(pickle, value) {
        Some((name, arguments, _)) if name == "torch.Size" => pickle.items(*arguments.first()?, Kind::Tuple)?,
        Some(_) => return None,
        None => pickle.items(value, Kind::Tuple).or_else(|| pickle.items(value, Kind::List))?,
    };
    items.iter().map(|&item| size(item)).collect()
}

/// The dtype that `torch.<name>` or `torch.<Name>Storage` stands for, told by name in lower case; none for bytes.
fn dtype(name: &str) -> Option<Option<Dtype>> {
    let name = name.strip_prefix("torch.").unwrap_or(name);
    let name = name.strip_prefix("cuda.").or(name.strip_prefix("storage.")).unwrap_or(name);
    let lower = name.to_ascii_lowercase();
    Some(Some(match lower.strip_suffix("storage").unwrap_or(&lower) {
        "untyped" => return Some(None),
        "double" | "float64" => Dtype::F64,
        "float" | "float32" => Dtype::F32,
        "half" | "float16" => Dtype::F16,
        "bfloat16" => Dtype::BF16,
        "long" | "int64" | "uint64" => Dtype::Integer(8),
        "int" | "int32" | "uint32" => Dtype::Integer(4),
        "short" | "int16" | "uint16" => Dtype::Integer(2),
        "char" | "byte" | "bool" | "int8" | "uint8" => Dtype::Integer(1),
        "complexfloat" | "complex64" => Dtype::Other(64),
        "complexdouble" | "complex128" => Dtype::Other(128),
        "qint8" | "quint8" | "quint4x2" | "quint2x4" => Dtype::Other(8),
        "qint32" => Dtype::Other(32),
        other if other.starts_with("float8") => Dtype::Other(8),
        _ => return None,
    }))
}

/// A storage, from the name that the pickle gives it.
pub fn storage(pickle: &Pickle, value: Value) -> Option<Storage> {
    let [id] = pickle.items(value, Kind::Persistent)? else { return None };
    let id = pickle.items(*id, Kind::Tuple)?;
    let (&[kind, class, key, _place, len], rest) = id.split_first_chunk()?;
    let whole = matches!(rest, [] | [Value::None]); // before 0.4 a storage could be a part of another
    (whole && pickle.text(kind) == Some("storage")).then_some(())?;
    let dtype = dtype(&global(pickle, class)?)?;
    Some(Storage { key: pickle.text(key)?.to_string(), dtype, len: size(len)? })
}

/// What `value` is. Parameters and subclasses are unwrapped.
pub fn meaning(pickle: &Pickle, mut value: Value) -> Meaning {
    for _ in 0..4 {
        let Some((name, arguments, _)) = call(pickle, value) else { return Meaning::Nothing };
        match (name.as_str(), arguments) {
            ("torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state", [data, ..]) => {
                value = *data;
            }
            (
                "torch._utils._rebuild_tensor_v2" | "torch._utils._rebuild_tensor_v3" | "torch._utils._rebuild_tensor",
                _,
            ) => {
                return view(pickle, arguments).map_or_else(|| Meaning::Code(name), Meaning::Tensor);
            }
            _ => return Meaning::Code(name),
        }
    }
    Meaning::Nothing
}

fn view(pickle: &Pickle, arguments: &[Value]) -> Option<View> {
    let &[from, offset, shape, strides] = arguments.first_chunk()?;
    let storage = storage(pickle, from)?;
    let dtype = match storage.dtype {
        Some(dtype) => dtype,
        None => dtype(&global(pickle, *arguments.get(6)?)?)??, // the third version's
    };
    Some(View { storage, dtype, offset: size(offset)?, shape: sizes(pickle, shape)?, strides: sizes(pickle, strides)? })
}

/// A module is told by its state.
fn is_module(pickle: &Pickle, value: Value) -> bool {
    let state = call(pickle, value).and_then(|(_, _, state)| dict(pickle, state));
    state.is_some_and(|state| state.iter().any(|(key, _)| *key == "_modules"))
}

type Entries<'p> = Vec<(&'p str, Value)>;

/// The dict that holds the weights: what the pickle is, or has under one of the usual names.
pub fn state_dict<'p>(pickle: &'p Pickle) -> Result<Entries<'p>, Error> {
    let mut seen = HashSet::new();
    if let Some(found) = find(pickle, pickle.top, 4, &mut seen) {
        return Ok(found);
    }
    // Why there is none: modules are what people save in its place.
    let near = dict(pickle, pickle.top).unwrap_or_default().into_iter().map(|(_, value)| value);
    if let Some((class, ..)) = near.chain([pickle.top]).filter(|&v| is_module(pickle, v)).find_map(|v| call(pickle, v))
    {
        return Err(Error::WholeModule(class));
    }
    let why = match meaning(pickle, pickle.top) {
        Meaning::Code(global) if dict(pickle, pickle.top).is_none() => {
            return Err(Error::Global { name: "the file".into(), global });
        }
        Meaning::Tensor(_) => "it holds one tensor, without a name",
        _ => "it holds no tensors by name",
    };
    Err(Error::Broken { format: "PyTorch", why: why.into() })
}

/// Each value is looked at once: a hostile one may be in all places.
fn find<'p>(pickle: &'p Pickle, value: Value, depth: usize, seen: &mut HashSet<u32>) -> Option<Entries<'p>> {
    let Value::Node(number) = value else { return None };
    if depth == 0 || !seen.insert(number) {
        return None;
    }
    let entries = dict(pickle, value)?;
    for key in NESTED {
        let inner = entries.iter().find(|(name, _)| *name == key);
        if let Some(found) = inner.and_then(|&(_, inner)| find(pickle, inner, depth - 1, seen)) {
            return Some(found);
        }
    }
    entries.iter().any(|&(_, value)| matches!(meaning(pickle, value), Meaning::Tensor(_))).then_some(entries)
}

/// A boolean in the dict that the pickle is.
pub fn flag(pickle: &Pickle, key: &str) -> Option<bool> {
    match dict(pickle, pickle.top)?.into_iter().find(|(name, _)| *name == key)? {
        (_, Value::Bool(flag)) => Some(flag),
        _ => None,
    }
}
