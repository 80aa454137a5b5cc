//! `.safetensors`.

use super::{assert_error, checkpoint};
use skipscope::weights::formats::{Dtype, Error};

/// Name, type, shape, bytes.
type Tensor<'a> = (&'a str, &'a str, Vec<u64>, Vec<u8>);

pub fn f32s(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn entry(name: &str, dtype: &str, shape: &[u64], from: usize, to: usize) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{from},{to}]}}"#)
}

fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

pub fn file(tensors: &[Tensor]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut entries = vec![r#""__metadata__":{"format":"pt"}"#.to_string()];
    for (name, dtype, shape, bytes) in tensors {
        entries.push(entry(name, dtype, shape, data.len(), data.len() + bytes.len()));
        data.extend(bytes);
    }
    with_header(&format!("{{{}}}", entries.join(",")), &data)
}

#[test]
fn values_of_every_type_come_back() {
    let wide: Vec<u8> = [1.0f64, -2.5].iter().flat_map(|value| value.to_le_bytes()).collect();
    let bytes = file(&[
        ("module.a", "F32", vec![2], f32s(&[1.0, -2.5])),
        ("module.b", "F16", vec![2, 1], vec![0, 0x3C, 0, 0xC1]),
        ("module.c", "BF16", vec![1, 2], vec![0x80, 0x3F, 0x20, 0xC0]),
        ("module.d", "F64", vec![2], wide),
        ("module.steps", "I64", vec![], vec![7, 0, 0, 0, 0, 0, 0, 0]),
        ("module.none", "F32", vec![0, 9], vec![]),
        ("module.nan", "F32", vec![1], f32s(&[f32::NAN])),
        ("module.much", "F64", vec![1], 1e300f64.to_le_bytes().to_vec()),
    ]);
    let found = checkpoint(&bytes).unwrap();
    for name in ["a", "b", "c", "d"] {
        assert_eq!(found.values(name, &bytes).unwrap(), [1.0, -2.5], "{name}");
    }
    assert_eq!(found.get("c").unwrap().shape, [1, 2]);
    assert!(found.values("none", &bytes).unwrap().is_empty());
    assert_eq!(found.get("steps").unwrap().dtype, Dtype::Integer(8));
    assert_error(found.values("steps", &bytes), "'steps' holds Integer(8), not floats");
    assert_eq!(found.values("nan", &bytes), Err(Error::NotFinite("nan".into())));
    assert_eq!(found.values("much", &bytes), Err(Error::NotFinite("much".into())));
    assert_eq!(found.values("e", &bytes), Err(Error::Missing("e".into())));
    for len in 0..bytes.len() {
        assert!(checkpoint(&bytes[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn prefixes_go_where_all_names_have_them() {
    let names = |all: &[&str]| {
        let tensors: Vec<Tensor> = all.iter().map(|name| (*name, "F32", vec![1], f32s(&[1.0]))).collect();
        checkpoint(&file(&tensors)).unwrap().tensors.into_iter().map(|tensor| tensor.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&["module._orig_mod.a", "module._orig_mod.b"]), ["a", "b"]);
    assert_eq!(names(&["_orig_mod.module.a"]), ["a"]);
    assert_eq!(names(&["module.a", "b"]), ["module.a", "b"]);
}

#[test]
fn headers_that_lie_are_refused() {
    let four = [0; 16];
    let whole = |entries: &[String]| with_header(&format!("{{{}}}", entries.join(",")), &four);
    let a = entry("a", "F32", &[2], 0, 8);
    for (file, words) in [
        (whole(&[a.clone(), entry("b", "F32", &[3], 4, 16)]), "b"), // an overlap
        (whole(&[a.clone(), entry("b", "F32", &[1], 12, 16)]), "b"), // a gap
        (whole(&[a.clone(), entry("a", "F32", &[2], 8, 16)]), "two tensors called 'a'"),
        (whole(&[a.clone(), entry("b", "F32", &[3], 8, 20)]), "goes on to byte"),
        (whole(std::slice::from_ref(&a)), "8 bytes come after its last tensor"),
        (whole(&[entry("b", "F32", &[3], 0, 16)]), "'b' has shape [3] in F32, and 16 bytes"),
        (whole(&[entry("b", "F32", &[1 << 60, 1 << 60], 0, 16)]), "'b' has shape"),
        (whole(&[entry("b", "F32", &[1 << 62], 0, 16)]), "'b' has shape"),
        (whole(&[entry("b", "F32", &[4], 16, 0)]), "'b' lies at (16, 0)"),
        (whole(&[entry("b", "F32", &[4], usize::MAX - 15, usize::MAX)]), "'b' lies at"),
        (whole(&[entry("b", "F31", &[4], 0, 16)]), "F31"),
        (whole(&["\"b\":{\"dtype\":\"F32\"}".into()]), "shape"),
        (whole(&["\"b\":".into()]), "safetensors"),
        ([&u64::to_le_bytes(1 << 31)[..], b"{}"].concat(), "a header of 2147483648 bytes"),
        ([&u64::to_le_bytes(1 << 20)[..], b"{}"].concat(), "the header goes on"),
    ] {
        assert_error(checkpoint(&file), words);
    }
    assert!(checkpoint(&whole(&[a, entry("b", "F32", &[2], 8, 16)])).is_ok());
}
